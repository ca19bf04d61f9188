// How a generated method of a `Ref` makes its call: on the entity's own loop as a plain method call, elsewhere as bytes.
//
// Order: calls of one task to one entity start in the order in which they were made. Errors: what the entity throws arrives as
// its type; everything else is a `CallError`, which says whether the method ran.

extension EntityRef {
  public nonisolated(nonsending) func invoke<Result: Wire, F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) throws -> Result
  ) async throws -> Result {
    if isQuery || !Target.isDurable, let stage = target.cluster.currentStage {
      let parent = TurnInfo.current
      if let activation = try stage.localActivation(target, isQuery: isQuery, parent: parent) as? EntityActivation<Target> {
        stage.synchronousCaller = target.options.identity ?? parent?.identity
        stage.counters.calls += 1
        let result = try activation.here(failure, local)
        if let offset = activation.gateOffset { try await stage.passGate(of: activation, at: offset) }
        return result
      }
    }
    return try await remote(method, isQuery: isQuery, failure, write)
  }

  public nonisolated(nonsending) func invoke<F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) throws -> Void
  ) async throws {
    let _: Nothing = try await invoke(method, isQuery: isQuery, failure: failure, write) { (entity: isolated Target) in
      try local(entity)
      return Nothing()
    }
  }

  public nonisolated(nonsending) func invokeAsync<Result: Wire, F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) async throws -> Result
  ) async throws -> Result {
    if let stage = target.cluster.currentStage {
      let parent = TurnInfo.current
      if let activation = try stage.localActivation(target, isQuery: isQuery, parent: parent) as? EntityActivation<Target> {
        stage.counters.calls += 1
        let info = stage.info(for: activation, target.options, parent: parent)
        activation.enterTurn(isQuery: isQuery)
        defer { activation.leaveTurn(isQuery: isQuery) }
        let result: Result
        do {
          result = try await TurnInfo.$current.withValue(info) { try await local(activation.entity) }
        } catch {
          throw activation.localError(error, failure)
        }
        if let offset = activation.gateOffset { try await stage.passGate(of: activation, at: offset) }
        return result
      }
    }
    return try await remote(method, isQuery: isQuery, failure, write)
  }

  public nonisolated(nonsending) func invokeAsync<F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) async throws -> Void
  ) async throws {
    let _: Nothing = try await invokeAsync(method, isQuery: isQuery, failure: failure, write) { (entity: isolated Target) in
      try await local(entity)
      return Nothing()
    }
  }

  /// Lets the entity forget its state, as if nobody had ever called it.
  public nonisolated(nonsending) func delete() async throws {
    let _: Nothing = try await remote(SystemMethod.delete, isQuery: false, Never.self) { _ in }
  }

  private nonisolated(nonsending) func remote<Result: Wire, F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, _ failure: F.Type, _ write: (inout Writer) -> Void
  ) async throws -> Result {
    let request = CallRequest(target, method: method, isQuery: isQuery, isRepeatable: isQuery || Target.isDurable)
    let cluster = target.cluster
    // Straight to the stage where there is one: each async function between here and the link costs a frame.
    let reply =
      if let stage = cluster.currentStage {
        try await stage.perform(request, write)
      } else {
        try await cluster.perform(request, write)
      }
    let bytes = reply.bytes
    var reader = Reader(bytes.span.bytes)
    if reply.status == .failure { throw try reader.read(F.self) }
    return try reader.read(Result.self)
  }
}

extension EntityActivation {
  /// Not async, because `assumeIsolated` may not be written in an async function.
  func here<Result: Sendable, F: Error>(_ failure: F.Type, _ body: @Sendable (isolated E) throws -> Result) throws -> Result {
    do {
      return try entity.assumeIsolated(body)
    } catch {
      throw localError(error, failure)
    }
  }

  /// What a local caller gets for something the entity threw: the same as a remote one.
  func localError<F: Error>(_ error: any Error, _ failure: F.Type) -> any Error {
    if error is F || error is CallError || error is CancellationError { return error }
    return CallError(.entityFault, "\(kind.name)/\(id) failed: \(error)", executed: .maybe)
  }

  func enterTurn(isQuery: Bool) {
    if isQuery { suspendedQueries += 1 } else { phase = .busy }
  }

  func leaveTurn(isQuery: Bool) {
    if isQuery { suspendedQueries -= 1 } else { phase = .idle }
    lastUsed = stage.loop.now
    resume()
  }
}
