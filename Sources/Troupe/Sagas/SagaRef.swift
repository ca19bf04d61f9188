// A saga of one flow, as those see it who start it and wait for its end.

public struct SagaRef<Input: Wire & Sendable, Memory: Wire & Sendable>: Sendable {
  public let flow: Flow<Input, Memory>
  public let id: String
  let saga: Sagas.Ref

  /// Starts it. Once this has returned it will end, whatever happens; the same input again changes nothing, another one is refused.
  public nonisolated(nonsending) func start(_ input: Input) async throws {
    try await saga.start(flow.name, input: input.wireBytes)
  }

  /// How it stands.
  public nonisolated(nonsending) func status() async throws -> SagaState { try await saga.status() }

  /// What its steps have remembered so far.
  public nonisolated(nonsending) func memory() async throws -> Memory {
    let state = try await saga.status()
    guard state.phase != .none else { throw Sagas.Failure.notStarted }
    return try Memory(wireBytes: state.memory)
  }

  /// Waits until it has finished, or undone what it did; answers the last state. Takes as long as that takes: cancel it, or ask `status`.
  public nonisolated(nonsending) func end() async throws -> SagaState {
    while true {
      do {
        for try await state in try await saga.watch() where !state.isUnderWay { return state }
      } catch let error as CallError where error.code == .streamLost {
        // Its shard moved.
      }
      try Task.checkCancellation()
    }
  }
}

extension Cluster {
  /// The saga of a flow under an id of the caller's: an order's number, for instance.
  public func saga<Input, Memory>(_ flow: Flow<Input, Memory>, _ id: String) -> SagaRef<Input, Memory> {
    SagaRef(flow: flow, id: id, saga: entity(Sagas.self, "\(flow.name)/\(id)"))
  }
}

extension Registry {
  /// Lets this node run the sagas of a flow. Every node must.
  public mutating func register<Input, Memory>(_ flow: Flow<Input, Memory>) { add(AnyFlow(flow)) }
}
