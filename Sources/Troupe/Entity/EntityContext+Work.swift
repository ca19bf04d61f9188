// Work that an entity begins and that is none of its turns.

extension EntityContext {
  /// Runs `work` on the entity's loop, beside its turns and as nobody's call: it has no caller, no deadline and no chain but its own limit. Then
  /// `done`, with what came of it; past the limit the work is cancelled and counts as failed. Only on the entity's loop.
  func run<Value: Sendable>(
    within limit: Duration, _ work: @escaping @Sendable () async throws -> Value,
    then done: @escaping @Sendable (Result<Value, any Error>) async -> Void
  ) {
    let loop = home.loop
    home.stage.value.spawnApart {
      let task = Task(executorPreference: loop) { try await work() }
      let watch = LoopBound(loop.schedule(after: limit) { task.cancel() }, on: loop)
      let result = await task.result
      watch.value.cancel()
      await done(task.isCancelled ? .failure(TookTooLong(limit: limit)) : result)
    }
  }
}

/// Why a piece of work was cancelled.
struct TookTooLong: Error, CustomStringConvertible {
  let limit: Duration
  var description: String { "it took longer than \(limit)" }
}
