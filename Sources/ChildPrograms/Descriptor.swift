// A file descriptor that closes itself, and pipes of two. `FileHandle` ends the program when a read is interrupted.

import CSpawn
import Foundation
import Synchronization

public final class Descriptor: Sendable {
  private let number: Mutex<Int32>

  /// Takes over an open descriptor.
  public init(owning number: Int32) { self.number = Mutex(number) }

  /// `/dev/null`, for both directions.
  public static var nothing: Descriptor { Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC)) }

  /// Opens or makes a file that is appended to; nil when it cannot be.
  public static func appending(to path: String) -> Descriptor? {
    let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    return number < 0 ? nil : Descriptor(owning: number)
  }

  deinit { close() }

  public func close() {
    number.withLock {
      if $0 >= 0 { _ = Foundation.close($0) }
      $0 = -1
    }
  }

  /// -1 when it is closed.
  var raw: Int32 { number.withLock { $0 } }

  /// What is there by now, waiting for some; nil at the end.
  public func readSome(atMost limit: Int = 65_536) -> ArraySlice<UInt8>? {
    var bytes = [UInt8](repeating: 0, count: limit)
    while true {
      let count = read(raw, &bytes, limit)
      if count > 0 { return bytes[..<count] }
      guard count < 0, errno == EINTR else { return nil }
    }
  }

  public func readToEnd() -> [UInt8] {
    var all: [UInt8] = []
    while let some = readSome() { all += some }
    return all
  }

  /// False when nobody reads any more. (`SIGPIPE` must be ignored.)
  @discardableResult
  public func write(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(raw, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// What is written to one comes out of the other. Neither passes to a child unless it is given to it.
public struct DescriptorPair: Sendable {
  public let read: Descriptor
  public let write: Descriptor

  public static func pipe() -> DescriptorPair {
    var ends: [Int32] = [-1, -1]
    precondition(spawn_pipe(&ends) == 0, "no descriptor is left for a pipe")
    return DescriptorPair(read: Descriptor(owning: ends[0]), write: Descriptor(owning: ends[1]))
  }
}
