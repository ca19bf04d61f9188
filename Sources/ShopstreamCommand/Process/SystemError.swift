// What the operating system said, in its own words.

import Foundation

enum SystemError {
  /// The text of `errno`. Read it before calling anything else.
  static var last: String { String(cString: strerror(errno)) }

  static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }

  static func describe(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
    return (error as NSError).localizedDescription
  }
}
