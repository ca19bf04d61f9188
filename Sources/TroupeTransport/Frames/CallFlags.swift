// The flags of a CALL frame. Unknown ones end the link: each later one is offered as a feature in HELLO first.

struct CallFlags: OptionSet {
  let rawValue: UInt8

  static let query = CallFlags(rawValue: 1)
  static let trace = CallFlags(rawValue: 2)
  static let identity = CallFlags(rawValue: 4)
  static let chain = CallFlags(rawValue: 8)
  static let retry = CallFlags(rawValue: 16)
  /// It has time: others go first. Sent only where both sides know it.
  static let bulk = CallFlags(rawValue: 32)
  /// An earlier try was under way to a node that is gone, and may be what ended it. Sent only where both sides know it.
  static let orphan = CallFlags(rawValue: 64)

  /// Those that put something between the fixed fields and the entity's id.
  static let extras: CallFlags = [.trace, .identity, .chain]
  static let known: CallFlags = [.query, .trace, .identity, .chain, .retry, .bulk, .orphan]
}
