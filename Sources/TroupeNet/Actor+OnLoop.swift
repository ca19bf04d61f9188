// Into an actor from code that is on its loop already. The short form of `assumeIsolated`, which asks the runtime, which asks the
// executor, and boxes two closures: a quarter of what a synchronous turn costs.

extension Actor {
  /// Runs `body` on this actor. The caller must be on the actor's loop, outside any other turn of the actor: the runtime is, for it
  /// delivers a call on the loop that its shard belongs to, and that loop is the executor of the shard's entities.
  @inlinable public nonisolated func assumeOnLoop<Value, Failure>(
    _ body: (isolated Self) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    assert(isOnItsExecutor)
    typealias Body = (isolated Self) throws(Failure) -> Value
    typealias Enter = (isolated Self, Body) throws(Failure) -> Value
    typealias EnterAnyhow = (Self, Body) throws(Failure) -> Value
    // Sound because `isolated` says who may call a function and changes nothing in how it is called: what `assumeIsolated` does,
    // after a check that here only debug builds make. `enter` is cast and not `body`, which would have to move to the heap.
    let enter: Enter = Self.enter
    return try unsafeBitCast(enter, to: EnterAnyhow.self)(self, body)
  }

  @inlinable static func enter<Value, Failure>(
    _ actor: isolated Self, _ body: (isolated Self) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try body(actor)
  }

  @usableFromInline nonisolated var isOnItsExecutor: Bool {
    preconditionIsolated("entered from outside its loop")
    return true
  }
}
