// One node as the view lists it.

/// A member of the cluster: one incarnation of a node that beats and may own shards.
public struct Member: Hashable, Sendable {
  public enum State: UInt8, Sendable, CaseIterable {
    /// Owns its share of the shards.
    case active = 0
    /// On its way out: it gives away what it owns and is given nothing.
    case draining = 1
  }

  public var id: NodeID
  public var incarnation: Incarnation
  /// "host:port" of each event loop, in the loops' order. Shard `s` is served at `addresses[s % addresses.count]`.
  public var addresses: [String]
  /// Where it stands (an availability zone); empty when nobody said.
  public var zone: String
  /// Its share of the shards, relative to the others' weights. 1 unless machines differ; 0 owns only what is pinned to it.
  public var weight: Int
  /// The version of its program, for operators.
  public var version: String
  public var state: State

  public init(
    id: NodeID, incarnation: Incarnation, addresses: [String], zone: String = "", weight: Int = 1, version: String = "",
    state: State = .active
  ) {
    self.id = id
    self.incarnation = incarnation
    self.addresses = addresses
    self.zone = zone
    self.weight = weight
    self.version = version
    self.state = state
  }

  /// A heavier member counts as this: shares are exact up to here, and sums stay far from overflow.
  public static let weightLimit = 10_000

  public var name: IncarnationName { IncarnationName(id, incarnation) }
}

/// A node in one of its runs: what a lease, a beat and a burial are about.
public struct IncarnationName: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let id: NodeID
  public let incarnation: Incarnation

  public init(_ id: NodeID, _ incarnation: Incarnation) {
    self.id = id
    self.incarnation = incarnation
  }

  public static func < (left: IncarnationName, right: IncarnationName) -> Bool {
    left.id == right.id ? left.incarnation.value < right.incarnation.value : left.id < right.id
  }

  public var description: String { "\(id)#\(incarnation)" }
}
