// The kinds of entity that a node can run: filled once at start, then only read.

/// Collects the kinds of a node. Two kinds whose names hash alike are refused at registration.
public struct Registry: Sendable {
  private(set) var kinds = KindTable()
  private(set) var subscriptions: [any Subscription] = []
  private(set) var refusals: [String] = []
  private var flows: FlowTable?

  public init() {}

  public mutating func register<E: ContextInitializable>(_ kind: E.Type) {
    register(kind) { E(context: $0) }
  }

  /// With dependencies: `register(Cart.self) { Cart(context: $0, prices: prices) }`.
  public mutating func register<E: Entity>(_ kind: E.Type, make: @escaping @Sendable (EntityContext) -> E) {
    add(VolatileKind(make))
  }

  public mutating func register<E: Portable & ContextInitializable>(_ kind: E.Type) {
    register(kind) { E(context: $0) }
  }

  public mutating func register<E: Portable>(_ kind: E.Type, make: @escaping @Sendable (EntityContext) -> E) {
    add(VolatileKind(make, contract: EntityContract(portable: E.self), luggage: .ofState))
  }

  public mutating func register<E: EventSourced & ContextInitializable>(_ kind: E.Type) {
    register(kind) { E(context: $0) }
  }

  public mutating func register<E: EventSourced>(_ kind: E.Type, make: @escaping @Sendable (EntityContext) -> E) {
    add(DurableKind(make))
  }

  mutating func add(_ flow: AnyFlow) {
    if let fault = flow.fault() { refusals.append("the flow '\(flow.name)': \(fault)") }
    if flows == nil {
      let table = FlowTable()
      flows = table
      register(Sagas.self) { Sagas(context: $0, flows: table) }
    }
    if flows?.add(flow) != true { refusals.append("the flow '\(flow.name)' is there twice") }
  }

  mutating func add(_ subscription: some Subscription) {
    let group = subscription.group
    let isSpelled = group.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e }
    if !(1...ConsumerOffset.nameLimit).contains(group.utf8.count) || !isSpelled {
      refusals.append("the group '\(group)' must have 1 to \(ConsumerOffset.nameLimit) of a-z, 0-9, '-' and '.'")
    }
    if group == ArchiveSubscription.group, !subscription.isArchive { refusals.append("the group 'archive' is the archive's own") }
    if subscriptions.contains(where: { $0.group == group }) { refusals.append("the group '\(group)' subscribes twice") }
    if let fault = subscription.policy.fault() { refusals.append("the group '\(group)': \(fault)") }
    if subscriptions.isEmpty { register(DeadLetters.self) }
    subscriptions.append(subscription)
  }

  private mutating func add(_ kind: Kind) {
    if let other = kinds[kind.id] {
      refusals.append(
        "the kinds '\(other.name)' and '\(kind.name)' cannot stand in one cluster: \(other.name == kind.name ? "the name is taken" : "their names hash alike")"
      )
    }
    if let method = kind.contract.methods.first(where: { SystemMethod.name($0.id) != nil }) {
      refusals.append("'\(kind.name).\(method.name)' has the number of a method that every kind has: give it another name")
    }
    kinds.add(kind)
  }

  /// The same kinds as objects of one loop's own: each call counts a reference to its kind.
  var ofOneLoop: Registry {
    var copy = Registry()
    for kind in kinds.all { copy.kinds.add(kind.copy()) }
    copy.subscriptions = subscriptions
    return copy
  }

  /// What the kinds offer and store, by name: what `ContractText` writes to a file.
  public var contracts: [EntityContract] {
    kinds.all.map(\.contract).sorted { $0.kind < $1.kind }
  }
}

/// Kinds by id. A node has a few dozen at the most: a scan of their ids costs less than hashing one.
struct KindTable: Sendable {
  private var ids: [UInt32] = []
  private(set) var all: [Kind] = []

  subscript(id: UInt32) -> Kind? {
    for index in ids.indices where ids[index] == id { return all[index] }
    return nil
  }

  mutating func add(_ kind: Kind) {
    ids.append(kind.id)
    all.append(kind)
  }
}

/// One kind of entity without its type: what a frame names is looked up here once, then everything is a virtual call.
class Kind: @unchecked Sendable {
  // Sound because all it and its subclasses hold are constants of Sendable types, but for one count, which a loop keeps in a copy of
  // its own (`ofOneLoop`) and touches alone.
  let name: String
  let id: UInt32
  let contract: EntityContract
  /// The actor's type.
  let entityType: ObjectIdentifier
  var isDurable: Bool { false }
  /// Calls of this loop to entities of the kind in this process.
  var callsHere: UInt64 = 0

  init(name: String, contract: EntityContract, entityType: ObjectIdentifier) {
    self.name = name
    self.entityType = entityType
    id = kindID(name)
    self.contract = contract
  }

  func activate(id: String, hash: UInt64, in shard: Shard) -> Activation { fatalError("abstract") }
  func copy() -> Kind { fatalError("abstract") }
  func isQuery(_ method: UInt64) -> Bool? { fatalError("abstract") }
}

final class VolatileKind<E: Entity>: Kind, @unchecked Sendable {
  private let make: @Sendable (EntityContext) -> E
  let dispatch = E.dispatchOnLoop
  /// Nil when what its entities know stays where it is.
  let luggage: Luggage<E>?

  init(_ make: @escaping @Sendable (EntityContext) -> E, contract: EntityContract? = nil, luggage: Luggage<E>? = nil) {
    self.make = make
    self.luggage = luggage
    super.init(name: E.kind, contract: contract ?? EntityContract(of: E.self), entityType: ObjectIdentifier(E.self))
  }

  override func activate(id: String, hash: UInt64, in shard: Shard) -> Activation {
    VolatileActivation(make(EntityContext(id: id, home: shard.stage.home)), kind: self, id: id, hash: hash, shard: shard)
  }
  override func copy() -> Kind { VolatileKind(make, contract: contract, luggage: luggage) }
  override func isQuery(_ method: UInt64) -> Bool? { E.isQuery(method) }
}

final class DurableKind<E: EventSourced>: Kind, @unchecked Sendable {
  private let make: @Sendable (EntityContext) -> E
  let dispatch = E.dispatchOnLoop
  override var isDurable: Bool { true }

  init(_ make: @escaping @Sendable (EntityContext) -> E) {
    self.make = make
    super.init(name: E.kind, contract: EntityContract(durable: E.self), entityType: ObjectIdentifier(E.self))
  }

  override func activate(id: String, hash: UInt64, in shard: Shard) -> Activation {
    DurableActivation(make(EntityContext(id: id, home: shard.stage.home)), kind: self, id: id, hash: hash, shard: shard)
  }
  override func copy() -> Kind { DurableKind(make) }
  override func isQuery(_ method: UInt64) -> Bool? { E.isQuery(method) }
}
