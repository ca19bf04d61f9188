// Whose word counts for in whose name a call is made.

public enum IdentityPolicy: Sendable {
  /// Any name that a caller says: for clusters whose entities do not look at it, and for tests.
  case unsigned
  /// Those that the holder of one of these keys has signed. A call in another name is refused by name and not made; one that says no
  /// name is made, and its entity sees none. All nodes of a cluster should agree: a node that takes any name hands on names without
  /// signatures.
  case signed(IdentityKeys)

  var keys: IdentityKeys? {
    if case .signed(let keys) = self { keys } else { nil }
  }

  /// What a node of this policy offers its peers.
  var features: UInt64 {
    (keys == nil ? LinkFeatures.known.subtracting(.identities) : .known).rawValue
  }
}
