// OpenSSL's error queue, which is a thread's own: whoever sees a failure takes the whole queue, so that it is empty before
// the next call (SSL_get_error reads it).
import COpenSSL

enum OpenSSLError {
  /// The first error's sentence; empties the queue. Never holds bytes of a peer or key material.
  static func takeFirst() -> String {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0 else { return "unknown error" }
    if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
    var buffer = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
