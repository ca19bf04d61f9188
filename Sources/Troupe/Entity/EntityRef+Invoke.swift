// How a generated method of a `Ref` makes its call: on the entity's own loop as a plain method call, elsewhere as bytes.
//
// Order: calls of one task to one entity start in the order in which they were made. Errors: what the entity throws arrives as
// its type; everything else is a `CallError`, which says whether the method ran.
//
// These are inlinable so that they are compiled for the entity's own types, in the module of the user: without that each call
// goes through witness tables, and copies its reference some twenty times. What they call in here is not generic.

extension EntityRef {
  @inlinable public nonisolated(nonsending) func invoke<Result: Wire, F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) throws -> Result
  ) async throws -> Result {
    guard let stage = target.cluster.currentStage else {
      return try await elsewhere(method, isQuery: isQuery, failure, write)
    }
    if isQuery || !Target.isDurable, let activation = try stage.localActivation(target, isQuery: isQuery, runsAtOnce: true, of: Target.self)
    {
      let result: Result
      do {
        defer { stage.endLocalTurn() }  // before the gate: others run while this one waits there
        result = try activation.here(failure, local)
      }
      if let offset = activation.gateOffset { try await stage.passGate(of: activation, at: offset) }
      return result
    }
    return try await remote(stage, method, isQuery: isQuery, failure, write)
  }

  @inlinable public nonisolated(nonsending) func invoke<F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) throws -> Void
  ) async throws {
    let _: Nothing = try await invoke(method, isQuery: isQuery, failure: failure, write) { (entity: isolated Target) in
      try local(entity)
      return Nothing()
    }
  }

  @inlinable public nonisolated(nonsending) func invokeAsync<Result: Wire, F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, failure: F.Type, _ write: (inout Writer) -> Void,
    local: @Sendable (isolated Target) async throws -> Result
  ) async throws -> Result {
    guard let stage = target.cluster.currentStage else {
      return try await elsewhere(method, isQuery: isQuery, failure, write)
    }
    if let activation = try stage.localActivation(target, isQuery: isQuery, runsAtOnce: false, of: Target.self) {
      return try await here(stage, activation, isQuery: isQuery, failure, local)
    }
    return try await remote(stage, method, isQuery: isQuery, failure, write)
  }

  @inlinable public nonisolated(nonsending) func invokeAsync<F: Error & Wire>(
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
    let _: Nothing = try await elsewhere(SystemMethod.delete, isQuery: false, Never.self) { _ in }
  }

  @inlinable nonisolated(nonsending) func remote<Result: Wire, F: Error & Wire>(
    _ stage: Stage, _ method: UInt64, isQuery: Bool, _ failure: F.Type, _ write: (inout Writer) -> Void
  ) async throws -> Result {
    let called = CalledMethod(method, isQuery: isQuery, isRepeatable: isQuery || Target.isDurable)
    if isQuery, target.options.asksForHedging { return try await elsewhere(method, isQuery: isQuery, failure, write) }
    let call = try stage.open(target, method, .of(Target.self))
    var pass = CallPass.none
    let reply = await suspended { stage.send(call, to: target, called, write, $0, &pass) }
    if reply.isFinal {
      stage.close(call, pass, reply.status)
      return try reply.result(failure)
    }
    return try await stage.again(reply, pass, call, to: target, called, kind: Target.kind, write).result(failure)
  }

  /// From a thread that is none of the cluster's loops, or with an option that few calls have.
  @usableFromInline nonisolated(nonsending) func elsewhere<Result: Wire, F: Error & Wire>(
    _ method: UInt64, isQuery: Bool, _ failure: F.Type, _ write: (inout Writer) -> Void
  ) async throws -> Result {
    let called = CalledMethod(method, isQuery: isQuery, isRepeatable: isQuery || Target.isDurable)
    return try await target.cluster.perform(target, called, kind: Target.kind, .of(Target.self), write).result(failure)
  }

  /// An async method of an entity on the caller's loop.
  @usableFromInline nonisolated(nonsending) func here<Result: Sendable, F: Error>(
    _ stage: Stage, _ activation: EntityActivation<Target>, isQuery: Bool, _ failure: F.Type,
    _ local: @Sendable (isolated Target) async throws -> Result
  ) async throws -> Result {
    let info = try stage.info(for: activation, target.options, parent: TurnInfo.current)
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

extension Reply {
  /// What the entity answered, or what it threw.
  @inlinable func result<Result: Wire, F: Error & Wire>(_ failure: F.Type) throws -> Result {
    var reader = Reader(bytes.span.bytes)
    if status == .failure { throw try reader.read(F.self) }
    return try reader.read(Result.self)
  }
}

extension EntityActivation {
  /// Not async, because `assumeIsolated` may not be written in an async function.
  @inlinable func here<Result: Sendable, F: Error>(_ failure: F.Type, _ body: @Sendable (isolated E) throws -> Result) throws -> Result {
    do {
      return try entity.assumeOnLoop(body)
    } catch {
      throw localError(error, failure)
    }
  }

  /// What a local caller gets for something the entity threw: the same as a remote one.
  @usableFromInline func localError<F: Error>(_ error: any Error, _ failure: F.Type) -> any Error {
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
