// Where the files lie that a process proves itself with. Names only; `TLSContext` reads them, at start and again.

/// Paths of PEM files, and of two files that may stand beside them.
public struct TLSFiles: Hashable, Sendable {
  /// The certificate, its chain behind it if it has one.
  public var certificate: String
  /// The certificate's private key, not encrypted.
  public var key: String
  /// The CAs that are trusted: one, or the old and the new while one replaces the other.
  public var roots: String
  /// A deny-list; see `DenyList` for its lines. Default nil: nobody is denied.
  public var denyList: String?
  /// **For development alone.** The secrets of every connection are appended here in the format of `SSLKEYLOGFILE`, so that Wireshark
  /// can read a capture: whoever has this file reads all traffic. Default nil.
  public var keyLog: String?

  public init(certificate: String, key: String, roots: String, denyList: String? = nil, keyLog: String? = nil) {
    self.certificate = certificate
    self.key = key
    self.roots = roots
    self.denyList = denyList
    self.keyLog = keyLog
  }
}
