// What the judge of a cart has found: a promise that an answer broke.

struct ChaosComplaint: Hashable, Sendable {
  enum Kind: String, Codable, CaseIterable, Sendable {
    /// An acknowledged write is gone.
    case lost
    case twice
    /// What one answer held, a later one does not.
    case backwards
    /// No order of the writes explains the answers.
    case order
    /// It took effect although it had failed, or was never sent.
    case undead
  }

  var kind: Kind
  var cart: String
  var what: String

  var sentence: String { "\(cart): \(what)." }
}
