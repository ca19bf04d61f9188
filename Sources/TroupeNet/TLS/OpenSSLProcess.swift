// OpenSSL for as long as the process lives.
import COpenSSL

enum OpenSSLProcess {
  /// Asked for before the first use. Left to itself OpenSSL takes its locks away when `main` returns, and an event loop that is still
  /// speaking TLS then falls into nothing: the process would end with a crash instead of its code.
  static let begun: Void = { precondition(OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1, "OpenSSL does not start") }()
}
