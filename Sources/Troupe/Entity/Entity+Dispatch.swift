// How the stage runs a synchronous turn: the generated dispatcher, called without asking again where one is.

/// Runs one synchronous turn of an entity, on the loop that the entity lives on.
typealias Dispatch<E> = @Sendable (UInt64, inout Reader, inout Writer, E) throws -> Outcome

extension Entity {
  /// `dispatch` without the isolation in its type, for the stage: it delivers a call on the loop of the call's shard, and that loop is
  /// the executor of the shard's entities. `assumeIsolated` would ask the runtime that every time, through two closures on the
  /// heap: seen as a quarter of a turn.
  static var dispatchOnLoop: Dispatch<Self> {
    let dispatch: @Sendable (UInt64, inout Reader, inout Writer, isolated Self) throws -> Outcome = Self.dispatch
    // Sound because `isolated` says who may call a function, and changes nothing in how it is called.
    return unsafeBitCast(dispatch, to: Dispatch<Self>.self)
  }
}
