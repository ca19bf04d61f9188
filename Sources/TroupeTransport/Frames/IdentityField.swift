// How a CALL says in whose name it is made: by an index that the link knows, by the token itself, or by a name that nobody has signed.
// The length in front of a name tells them apart: the two largest ones stand for the other forms.
import TroupeWire

/// What stands where the flag `identity` says so.
enum IdentityForm: Hashable {
  /// The name alone.
  case text
  /// The whole token: for calls that may be overtaken by another declaration of their index, or that were written before the link knew
  /// what its peer understands.
  case token
  /// Declared on the link before.
  case index(UInt16)

  static let tokenMark: UInt16 = .max - 1
  static let indexMark: UInt16 = .max
  /// The longest name.
  static let longestText = Int(UInt16.max) - 2
}

extension CallFrame {
  static func write(_ identity: CallerIdentity, as form: IdentityForm, to writer: inout Writer) {
    switch (form, identity.signed) {
    case (.index(let index), .some):
      writer.fixed16(IdentityForm.indexMark)
      writer.fixed16(index)
    case (.token, let signed?):
      writer.fixed16(IdentityForm.tokenMark)
      writer.fixed16(UInt16(signed.token.count))
      writer.append(signed.token)
    default: writer.text(identity.subject)
    }
  }

  /// Says the identity of a call in another form; the frame stands in `bytes` from its type byte at `start` on. A call without one stays.
  static func respell(_ identity: CallerIdentity, as form: IdentityForm, in bytes: inout [UInt8], at start: Int) {
    guard let field = identityField(in: bytes, at: start) else { return }
    var writer = Writer()
    write(identity, as: form, to: &writer)
    bytes.replaceSubrange(field, with: writer.bytes)
  }

  /// The same for a peer that takes only names: a token's own words.
  static func respellAsText(in bytes: inout [UInt8], at start: Int) {
    guard let field = identityField(in: bytes, at: start), field.count > 4,
      case let mark:UInt16 = bytes.span.bytes.load(at: field.lowerBound), mark == IdentityForm.tokenMark,
      let signed = try? SignedIdentity(token: Array(bytes[(field.lowerBound + 4)..<field.upperBound]))
    else { return }
    respell(CallerIdentity(signed), as: .text, in: &bytes, at: start)
  }

  /// Where it stands, in a frame that we wrote.
  private static func identityField(in bytes: [UInt8], at start: Int) -> Range<Int>? {
    let flags = CallFlags(rawValue: bytes[start + flags])
    guard flags.contains(.identity) else { return nil }
    let field = start + extras + (flags.contains(.trace) ? traceSize : 0)
    var reader = FrameReader(bytes.span.bytes, type: .call, from: field)
    guard (try? reader.skipIdentity()) != nil else { return nil }
    return field..<reader.offset
  }
}

extension FrameReader {
  /// Steps over an identity in whatever form; a name must be UTF-8.
  mutating func skipIdentity() throws(FrameError) {
    let length = try fixed16()
    switch length {
    case IdentityForm.indexMark: try skip(2)
    case IdentityForm.tokenMark:
      let count = Int(try fixed16())
      guard count <= IdentityLimits.token else { throw .badLength(UInt32(count), limit: IdentityLimits.token) }
      try skip(count)
    default: try skipText(Int(length))
    }
  }
}
