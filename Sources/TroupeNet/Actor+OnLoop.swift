// Into an actor from code that is on its loop already. The short form of `assumeIsolated`, which asks the runtime, which asks the
// executor, through two closures on the heap: a quarter of what a synchronous turn costs.

extension Actor {
  /// Runs `body` on this actor. The caller must be on the actor's loop, outside any other turn of the actor: the runtime is, for it
  /// delivers a call on the loop that its shard belongs to, and that loop is the executor of the shard's entities.
  @inlinable public nonisolated func assumeOnLoop<Value>(_ body: (isolated Self) throws -> Value) rethrows -> Value {
    // Sound because `isolated` changes how a function may be called and not how it is: what `assumeIsolated` does after its check.
    // Debug builds make that check.
    assertIsolated("entered from outside its loop")
    return try withoutActuallyEscaping(body) { body in
      try unsafeBitCast(body, to: ((Self) throws -> Value).self)(self)
    }
  }
}
