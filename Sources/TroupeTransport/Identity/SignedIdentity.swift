// An end user's identity as its issuer signed it: what a token says, and its bytes. `protocols/identity.md` has the layout.
import TroupeNet
import TroupeWire

/// In whose name calls are made, signed by a gateway that has made sure of it.
///
/// ```swift
/// let alice = try issuer.identity(of: "alice", roles: ["customer"], now: loop.wallClock())
/// try await cluster.entity(Cart.self, "alice").as(alice).add("mug")
/// ```
/// Whoever holds one has read it, and not checked it: a node checks signature, audience and times before an entity sees the name. It
/// is good for a minute or so, for anybody who has it: it belongs on links of the cluster alone, and in no log.
public final class SignedIdentity: Sendable {
  /// What travels.
  public let token: [UInt8]
  /// The user's name, 1 to 255 bytes.
  public let subject: String
  /// The cluster that it is meant for; no other takes it.
  public let audience: String
  public let issued: WallTime
  public let expires: WallTime
  /// What the user is, in the application's own words; at most 16.
  public let roles: [String]
  /// Whose signature stands under it.
  public let issuer: KeyID
  private let mixed: UInt64

  /// Reads a token, and checks everything but the signature and the time.
  public init(token: [UInt8]) throws(IdentityRefusal) {
    let parts = try IdentityToken.read(token.span.bytes)
    self.token = token
    subject = parts.subject
    audience = parts.audience
    issued = WallTime(milliseconds: Int64(parts.issued))
    expires = WallTime(milliseconds: Int64(parts.expires))
    roles = parts.roles
    issuer = parts.issuer
    mixed = token.suffix(VerifyingKey.signatureSize).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Whether `key` has signed it.
  func isSigned(by key: VerifyingKey) -> Bool {
    let signed = IdentityToken.signedMessage(token)
    let signature = Array(token.suffix(VerifyingKey.signatureSize))
    return key.verifies(signature.span.bytes, of: signed.span.bytes)
  }
}

extension SignedIdentity: Hashable {
  public static func == (left: SignedIdentity, right: SignedIdentity) -> Bool { left === right || left.token == right.token }

  /// The signature's first bytes: nothing is as well mixed.
  public func hash(into hasher: inout Hasher) { hasher.combine(mixed) }
}

/// The name without the token: this may stand in a log line.
extension SignedIdentity: CustomStringConvertible {
  public var description: String { "\(subject.debugDescription), signed by \(issuer)" }
}
