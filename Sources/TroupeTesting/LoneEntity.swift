// One entity with a context and without a cluster, for unit tests: its methods are called directly, in virtual time.
import Troupe

/// An entity on a simulated loop of its own. Nothing is encoded, recorded or called over a network; for all that, start a
/// `SimulatedCluster`. Calls that it makes to other entities fail as `.unavailable`.
///
/// ```swift
/// let cart = LoneEntity { Cart(context: $0, prices: FixedPrices()) }
/// #expect(try cart.run { try $0.add("mug") }.lines == ["mug": 1])
/// #expect(cart.events == [.added("mug", quantity: 1)])
/// ```
public final class LoneEntity<E: Entity> {
  public let world: SimulatedWorld
  public let entity: E
  private let loop: SimulatedLoop
  private var emitted: [any Sendable] = []

  public init(id: String = "lone", seed: UInt64 = 1, make: (EntityContext) -> E) {
    world = SimulatedWorld(seed: seed)
    let loop = world.makeLoop(host: id)
    self.loop = loop
    entity = loop.perform { make(.alone(id: id, on: loop)) }
  }

  /// Runs a synchronous turn.
  public func run<Value: Sendable>(_ body: (isolated E) throws -> Value) throws -> Value {
    try loop.perform { try entity.assumeIsolated(body) }
  }

  /// Runs an async turn, and the world with it until it has ended.
  public func run<Value: Sendable>(
    limit: Duration = .seconds(600), awaiting body: @escaping @Sendable (isolated E) async throws -> Value
  ) throws -> Value {
    let entity = entity
    return try world.run(on: loop, limit: limit) { try await body(entity) }
  }

  /// Lets time pass: timers fire.
  public func advance(by duration: Duration) { world.run(for: duration) }
}

extension LoneEntity where E: EventSourced, E.Event: Sendable {
  /// Runs a command or a query of a durable entity. What it emits is applied at once and stands in `events`, also when it throws.
  public func run<Value: Sendable>(_ body: (isolated E) throws -> Value) throws -> Value {
    try loop.perform {
      entity.assumeIsolated { E.beginCommand(on: $0) }
      let result = Result { try entity.assumeIsolated(body) }
      emitted += try entity.assumeIsolated { try E.endCommand(on: $0) }
      return try result.get()
    }
  }

  /// All that its commands have emitted, oldest first.
  public var events: [E.Event] { emitted.compactMap { $0 as? E.Event } }

  /// What its commands have asked to be reminded of, the earliest first. Nobody calls them here.
  public var reminders: [(name: String, due: WallTime)] {
    loop.perform { entity.assumeIsolated { E.reminders(on: $0) } }
  }
}
