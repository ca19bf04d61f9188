// A turn that may suspend: a task that begins here and now, on the entity, inside the read callback. The turn is taken when
// the call is delivered, so that no later call overtakes it.

final class AsyncTurn {
  private let activation: Activation
  private let isQuery: Bool
  /// Nil once the caller has been told that its time is up.
  private var sink: ReplySink?
  private var timer: LoopTimer?

  private init(_ activation: Activation, isQuery: Bool, sink: ReplySink) {
    self.activation = activation
    self.isQuery = isQuery
    self.sink = sink
  }

  static func start<E: Entity>(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink,
    of activation: Activation, on entity: E
  ) {
    let stage = activation.stage
    let turn = AsyncTurn(activation, isQuery: isQuery, sink: sink)
    turn.begin(until: facts.deadline)
    let info = TurnInfo(
      deadline: facts.deadline, chain: CallChain(kind: activation.kindID, id: activation.id, next: facts.chain),
      identity: facts.identity)
    let bytes = arguments.withUnsafeBytes { [UInt8]($0) }
    let bound = LoopBound(turn, on: stage.loop)
    let preference = stage.loop
    entity.assumeIsolated { entity in
      launch(method, bytes, info, bound, preference, on: entity)
    }
  }

  /// With the loop as executor preference: what resumes a suspended turn, and what the turn starts, comes back to the loop at
  /// once. Without it each resumption visits Swift's global pool on its way here (ADR 0009).
  private static func launch<E: Entity>(
    _ method: UInt64, _ arguments: [UInt8], _ info: TurnInfo, _ turn: LoopBound<AsyncTurn>,
    _ preference: any TaskExecutor, on entity: isolated E
  ) {
    _ = Task.immediate(executorPreference: preference) {
      var writer = Writer()
      do {
        let outcome = try await TurnInfo.$current.withValue(info) {
          try await Self.run(method, arguments, &writer, on: entity)
        }
        turn.value.end(outcome, writer)
      } catch {
        turn.value.end(error)
      }
    }
  }

  private static func run<E: Entity>(
    _ method: UInt64, _ arguments: [UInt8], _ writer: inout Writer, on entity: isolated E
  ) async throws -> Outcome {
    var reader = Reader(arguments.span.bytes)
    return try await E.dispatchAsync(method, &reader, reply: &writer, on: entity)
  }

  private func begin(until deadline: Instant) {
    if isQuery { activation.suspendedQueries += 1 } else { activation.phase = .busy }
    // A caller behind a link keeps its own deadline; one in this process has only us.
    guard case .waiter = sink else { return }
    let loop = activation.stage.loop
    timer = loop.schedule(after: deadline - loop.now) { [weak self] in self?.timeIsUp() }
  }

  private func timeIsUp() {
    guard let sink else { return }
    self.sink = nil
    activation.stage.reply(to: sink, .timedOut, text: "the turn was still running")
  }

  private func end(_ outcome: Outcome, _ writer: Writer) {
    let status: ReplyStatus = if case .failure = outcome { .failure } else { .value }
    if let sink { activation.letOut(status, writer.bytes, to: sink) }
    release()
  }

  private func end(_ error: any Error) {
    if let sink { activation.stage.refuse(error, of: activation, to: sink) }
    release()
  }

  private func release() {
    timer?.cancel()
    if isQuery { activation.suspendedQueries -= 1 } else { activation.phase = .idle }
    activation.lastUsed = activation.stage.loop.now
    activation.resume()
  }
}
