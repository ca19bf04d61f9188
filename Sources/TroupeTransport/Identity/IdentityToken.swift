// The bytes of a token. Little-endian; a text is its length in two bytes and UTF-8.
import TroupeNet
import TroupeWire

enum IdentityToken {
  static let version: UInt8 = 1
  /// Stands before what is signed, so that a signature under anything else is none under an identity.
  static let context = Array("TRPE identity\0".utf8)
  /// Key id and signature, at the end.
  static let tail = 8 + VerifyingKey.signatureSize

  struct Parts {
    var subject: String
    var audience: String
    /// Milliseconds since 1970.
    var issued: UInt64
    var expires: UInt64
    var roles: [String]
    var issuer = KeyID(0)
  }

  /// Refuses what no node would take.
  static func write(_ parts: Parts, signedBy key: SigningKey) throws(IdentityRefusal) -> [UInt8] {
    try check(parts)
    var writer = Writer(capacity: 256)
    writer.byte(version)
    writer.text(parts.subject)
    writer.text(parts.audience)
    writer.fixed64(parts.issued)
    writer.fixed64(parts.expires)
    writer.byte(UInt8(parts.roles.count))
    for role in parts.roles { writer.text(role) }
    writer.fixed64(key.publicKey.id.value.byteSwapped)  // as the digest has it, the first byte first
    guard writer.count + VerifyingKey.signatureSize <= IdentityLimits.token else {
      throw .malformed("it has more than \(IdentityLimits.token) bytes: name fewer roles")
    }
    let message = context + writer.bytes
    writer.append(key.sign(message.span.bytes))
    return writer.bytes
  }

  /// What the signature is under.
  static func signedMessage(_ token: [UInt8]) -> [UInt8] { context + token.dropLast(VerifyingKey.signatureSize) }

  /// Checks everything but signature, audience and time.
  static func read(_ token: RawSpan) throws(IdentityRefusal) -> Parts {
    guard token.byteCount <= IdentityLimits.token else { throw .malformed("it has more than \(IdentityLimits.token) bytes") }
    var parts = Parts(subject: "", audience: "", issued: 0, expires: 0, roles: [])
    let isWhole: Bool
    do throws(FrameError) { isWhole = try fill(&parts, from: token) } catch { throw .malformed("its bytes are cut short or no text") }
    guard isWhole else { throw .malformed("it is of another version, or bytes follow its signature") }
    try check(parts)
    return parts
  }

  private static func fill(_ parts: inout Parts, from token: RawSpan) throws(FrameError) -> Bool {
    var reader = FrameReader(token, type: .identity, from: 0)
    guard try reader.byte() == version else { return false }
    parts.subject = try reader.text()
    parts.audience = try reader.text()
    parts.issued = try reader.fixed64()
    parts.expires = try reader.fixed64()
    for _ in 0..<(try reader.byte()) { parts.roles.append(try reader.text()) }
    parts.issuer = KeyID(try reader.fixed64().byteSwapped)
    try reader.skip(VerifyingKey.signatureSize)
    return reader.isAtEnd
  }

  private static func check(_ parts: Parts) throws(IdentityRefusal) {
    guard (1...IdentityLimits.subject).contains(parts.subject.utf8.count) else {
      throw .malformed("its subject has \(parts.subject.utf8.count) bytes, and 1 to \(IdentityLimits.subject) are allowed")
    }
    guard (1...IdentityLimits.audience).contains(parts.audience.utf8.count) else {
      throw .malformed("its audience has \(parts.audience.utf8.count) bytes, and 1 to \(IdentityLimits.audience) are allowed")
    }
    guard parts.roles.count <= IdentityLimits.roles, parts.roles.allSatisfy({ (1...IdentityLimits.role).contains($0.utf8.count) }) else {
      throw .malformed("it has more than \(IdentityLimits.roles) roles, or one that has not 1 to \(IdentityLimits.role) bytes")
    }
    guard parts.expires <= UInt64(Int64.max), parts.issued < parts.expires,
      parts.expires - parts.issued <= UInt64(IdentityLimits.longestLife / .milliseconds(1))
    else {
      throw .malformed("it lives for more than \(IdentityLimits.longestLife), or not at all")
    }
  }
}
