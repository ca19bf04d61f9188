// Commands that nobody waits for. `@Entity` writes one for each kind, with a method for each command.

/// The same entity, told instead of asked: its commands return at once, without a result and without an error.
///
/// ```swift
/// cart.tell.add("mug", quantity: 2)
/// ```
/// - A told command runs at most once. It is sent again only where that is certain to be safe: as any call, by the table in
///   `docs/calls.md`. Whether it ran, the teller never learns: what must be known is called and not told.
/// - It starts in the order in which its task tells and calls this entity.
/// - It is not bound to the deadline of the turn that tells it, but to that of its `Ref`. It leaves when what the telling command of an
///   event-sourced entity did is durable, and is dropped with it when it is not.
/// - A loop follows 65,536 told commands at once; more are dropped and counted (`toldLost`).
public protocol EntityTell: Sendable {
  associatedtype Target: Entity
  var target: RefTarget { get }
  init(_ target: RefTarget)
}

/// What a kind is told that has no commands.
public struct NothingToTell<Target: Entity>: EntityTell {
  public let target: RefTarget
  public init(_ target: RefTarget) { self.target = target }
}

extension EntityTell {
  /// Called by generated code.
  public func tell(_ method: UInt64, _ write: (inout Writer) -> Void) {
    var writer = Writer()
    write(&writer)
    let called = CalledMethod(method, isQuery: false, isRepeatable: Target.isDurable)
    target.cluster.tell(target, called, kind: Target.kind, .of(Target.self), writer.bytes)
  }
}
