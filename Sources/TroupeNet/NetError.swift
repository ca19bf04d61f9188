// What can go wrong while the network is set up; what goes wrong on a connection later is a `CloseReason`.

/// A listener, a loop or a TLS context could not be made. Nothing was changed; the description is one sentence for a person.
public struct NetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable, lower case, words joined by hyphens: `"address-in-use"`.
  public let code: String
  public let description: String

  public init(code: String, description: String) {
    self.code = code
    self.description = description
  }

  public static func addressInUse(_ address: SocketAddress) -> NetError {
    NetError(code: "address-in-use", description: "\(address) is already taken by another process.")
  }
  public static func cannotListen(_ address: SocketAddress, _ why: String) -> NetError {
    NetError(code: "cannot-listen", description: "Cannot listen on \(address): \(why).")
  }
  public static func certificate(_ path: String, _ why: String) -> NetError {
    NetError(code: "certificate", description: "Cannot use the certificate \(path): \(why).")
  }
  public static func key(_ path: String, _ why: String) -> NetError {
    NetError(code: "key", description: "Cannot use the private key \(path): \(why).")
  }
  public static func roots(_ path: String, _ why: String) -> NetError {
    NetError(code: "roots", description: "Cannot use the root certificates \(path): \(why).")
  }
  public static func denyList(_ path: String, _ why: String) -> NetError {
    NetError(code: "deny-list", description: "Cannot use the deny-list \(path): \(why).")
  }
  public static func identityKey(_ path: String, _ why: String) -> NetError {
    NetError(code: "identity-key", description: "Cannot sign identities with the key \(path): \(why).")
  }
  public static func identityKeys(_ path: String, _ why: String) -> NetError {
    NetError(code: "identity-keys", description: "Cannot use the identity keys \(path): \(why).")
  }
  public static func keyLog(_ path: String, _ why: String) -> NetError {
    NetError(code: "key-log", description: "Cannot write keys to \(path): \(why).")
  }
  public static func system(_ what: String, _ why: String) -> NetError {
    NetError(code: "system", description: "\(what): \(why).")
  }
}
