// What a change of contracts breaks: a value that names the place, the change, whom it harms and what to do instead. Found by
// `ContractComparison`; shown by tests and by `shopstream contract --against`.

/// A change after which an older and a newer version of a program do not understand each other.
public struct ContractBreak: Hashable, Sendable, CustomStringConvertible {
  public enum Harm: String, Hashable, Sendable {
    /// What the newer version writes cannot be read by the older: a roll-out cannot run beside it, and cannot be rolled back.
    case olderReaders = "an older version cannot read what this one writes"
    /// What the older version has written, stored or sent cannot be read by the newer.
    case olderWriters = "this version cannot read what an older one wrote"
    case both = "an older version and this one read each other wrongly"
  }

  /// `cart.add(_:quantity:)`, or `cart: Cart.Event.added`.
  public let place: String
  public let change: String
  public let harm: Harm
  /// What to do instead.
  public let cure: String

  public var description: String { "\(place): \(change); \(harm.rawValue). Instead: \(cure)." }

  /// What is broken between two versions of a program, in the order of the older one's kinds. Empty when each reads the other.
  ///
  /// A case that is appended to an enumeration is no break: within events and states the runtime keeps new cases back while a member of the
  /// view does not know them. In arguments, results and errors that is the author's to do.
  public static func between(_ old: [EntityContract], _ new: [EntityContract]) -> [ContractBreak] {
    old.flatMap { kind -> [ContractBreak] in
      guard let present = new.first(where: { $0.kind == kind.kind }) else {
        return [
          ContractBreak(
            place: kind.kind, change: "the kind is gone", harm: .both,
            cure: "keep it, with methods that refuse, until nobody calls it and nothing of it is stored")
        ]
      }
      var comparison = ContractComparison(kind, present)
      return comparison.run()
    }
  }
}
