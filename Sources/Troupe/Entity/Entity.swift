// What a kind of entity must offer. `@Entity` writes all of it; nobody implements these protocols by hand.

/// A thing with an identity that lives on exactly one node of the cluster at a time: an ordinary Swift actor marked
/// `@Entity("kind")`.
///
/// Methods marked `@Command` or `@Query` can be called through the entity's `Ref` from any node; nothing else is reachable.
/// One turn runs at a time: while an `async` command is suspended, other commands wait; queries may interleave.
public protocol Entity: Actor {
  associatedtype Ref: EntityRef where Ref.Target == Self
  /// What methods with a plain `throws` throw; it arrives as the same type at the caller.
  associatedtype Failure: Error & Wire = Never

  /// The kind's name on the wire and in the store: 1 to 63 of a-z, 0-9 and '-'.
  static var kind: String { get }
  /// Who this entity is, and its door to time, randomness, timers and other entities.
  nonisolated var context: EntityContext { get }

  /// What can be called, with the types as they stand on the wire.
  static func contract(in types: inout TypeTable) -> [MethodContract]
  /// Whether its commands survive the loss of a node; follows from the conformance to `EventSourced`.
  static var isDurable: Bool { get }
  /// Nil when no method has this id.
  static func isQuery(_ method: UInt64) -> Bool?
  /// Decodes the arguments, runs a synchronous method and encodes its result; answers `.suspends` for an async one.
  static func dispatch(
    _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Self
  ) throws -> Outcome
  /// The same for an async method.
  static func dispatchAsync(
    _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Self
  ) async throws -> Outcome
}

/// An entity that needs nothing but its context, so that `register(Cart.self)` is enough.
public protocol ContextInitializable: Entity {
  init(context: EntityContext)
}

/// An entity whose state is the fold of its events, and whose acknowledged commands survive the loss of any node.
///
/// A command runs in one synchronous turn and becomes one record of the shard's log: events, call id, reply. The reply
/// leaves only when that record is durable.
public protocol EventSourced: Entity {
  associatedtype State: Wire
  associatedtype Event: Wire

  var state: State { get }
  var turn: Turn<Event> { get }
  static func initialState() -> State
  static func apply(_ event: Event, to state: inout State)
  static func restore(_ state: State, on entity: isolated Self)

  /// An event in stored bytes that `Event` refuses: what an older version wrote in a shape that this one has left. Asked only then, and by
  /// default there is none. Pure: the same bytes, the same event.
  static func upcast(event bytes: [UInt8]) -> Event?
  /// The same for the state of a snapshot.
  static func upcast(state bytes: [UInt8]) -> State?
}

extension Entity {
  public static var isDurable: Bool { false }
}

extension EventSourced {
  public static var isDurable: Bool { true }
  public static func upcast(event bytes: [UInt8]) -> Event? { nil }
  public static func upcast(state bytes: [UInt8]) -> State? { nil }
}

/// What stands in the reply that a dispatcher wrote.
public enum Outcome: Sendable {
  /// The method's result.
  case value
  /// An error of the entity's own, encoded as its type.
  case failure
  /// Nothing yet: the method is async.
  case suspends
  /// Nothing: the method returned a sequence, which `openStream` has taken.
  case stream

  var status: ReplyStatus {
    switch self {
    case .value, .suspends, .stream: .value
    case .failure: .failure
    }
  }

  /// Writes an error thrown by a method with a plain `throws`; what is not the entity's `Failure` is a fault.
  public static func failure<F: Error & Wire>(_ error: any Error, as: F.Type, to reply: inout Writer) throws -> Outcome {
    guard let failure = error as? F else { throw error }
    reply.write(failure)
    return .failure
  }
}

/// Thrown by a generated dispatcher, never by an entity.
public enum DispatchError: Error, Equatable {
  case unknownMethod(UInt64)
}
