// Turns that may suspend run in tasks that are kept: a runner is one such task, which runs one turn after another and waits on
// the loop in between. Making a task for each turn costs more than the turn: see ADR 0010.
//
// The turn is taken when the call is delivered, so that no later call overtakes it, and begins within the same pass.

final class TurnRunner {
  /// Runners of a loop that wait for a turn; more than this many end when their turn does. A waiting one holds about 2 KB.
  static let keptIdle = 1_024
  /// Arguments larger than this, bytes, do not leave their memory behind: 4 MiB for all that wait.
  private static let keptArguments = 4 << 10

  private let stage: Stage
  /// Resumed with whether there is another turn.
  private var idle: UnsafeContinuation<Bool, Never>?

  // The turn under way.
  private var activation: Activation?
  private var method: UInt64 = 0
  private var isQuery = false
  private var info: TurnInfo?
  private var arguments: [UInt8] = []
  /// Nil once the caller has been told that its time is up.
  private var sink: ReplySink?
  private var timer: LoopTimer?
  /// Its task; a cancelled one runs no other turn.
  private var task: Task<Void, Never>?
  private var isCancelled = false

  private init(_ stage: Stage) { self.stage = stage }

  static func start(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, of activation: Activation,
    on stage: Stage
  ) {
    let waiting = stage.idleRunners.popLast()
    let runner = waiting ?? make(for: stage)
    runner.take(method, isQuery: isQuery, arguments, facts, to: sink, of: activation)
    if waiting == nil { runner.begin() } else { runner.goOn(true) }
  }

  private static func make(for stage: Stage) -> TurnRunner {
    let runner = TurnRunner(stage)
    stage.runners.append(runner)
    return runner
  }

  private func take(
    _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts, to sink: ReplySink, of activation: Activation
  ) {
    self.activation = activation
    self.method = method
    self.isQuery = isQuery
    self.sink = sink
    self.arguments.removeAll(keepingCapacity: true)
    arguments.withUnsafeBytes { self.arguments.append(contentsOf: $0) }
    info = TurnInfo(
      deadline: facts.deadline, kind: activation.kindID, id: activation.id, caller: facts.callers, identity: facts.identity,
      trace: facts.trace, isBulk: facts.isBulk)
    if isQuery { activation.suspendedQueries += 1 } else { activation.phase = .busy }
    // A caller behind a link keeps its own deadline; one in this process has only us.
    if sink.isAway { return }
    timer = stage.loop.schedule(after: facts.deadline - stage.loop.now) { self.timeIsUp() }
  }

  private func timeIsUp() {
    timer = nil
    guard let sink else { return }
    self.sink = nil
    stage.reply(to: sink, .timedOut, text: "the turn was still running")
    cancel()
  }

  // MARK: The task

  private func begin() {
    let bound = LoopBound(self, on: stage.loop)
    let floor = stage.home.floor
    // With the loop as preference: what the turns start, and what resumes them, comes to the loop and not to Swift's pool.
    task = stage.spawn { await Self.serve(bound, on: floor) }
  }

  private func ended() {
    task = nil
    stage.runners.removeAll { $0 === self }
  }

  // MARK: Cancelling

  func serves(_ call: CallOrigin) -> Bool { sink?.isFrom(call) ?? false }

  /// The turn goes on as far as its code lets it, and is answered.
  func cancel() {
    stage.counters.cancelled += 1
    isCancelled = true
    task?.cancel()
  }

  // MARK: Between turns

  private func goOn(_ hasTurn: Bool) {
    let waiting = idle
    idle = nil
    CurrentLoop.resumeOnActor { waiting?.resume(returning: hasTurn) }
  }

  /// Ends a waiting runner's task.
  func dismiss() { goOn(false) }

  /// On an actor of the loop, as every entity is: going from here to an entity and back leaves nobody's queue. One function, since
  /// each async function on the way asks the runtime at its beginning and its end where it is.
  private static func serve(_ bound: LoopBound<TurnRunner>, on floor: isolated StageFloor) async {
    let runner = bound.value
    defer { runner.ended() }
    repeat {
      guard let activation = runner.activation, let info = runner.info else { return }
      let method = runner.method
      // Until it first waits: the loop clears the mark behind each job.
      _ = runner.stage.turnMark?.enter(activation, method)
      let arguments = runner.lendArguments()
      var writer = Writer()
      runner.stage.exchangeScratch(&writer)
      let result: Result<Outcome, any Error>
      do {
        result = .success(
          try await TurnInfo.$current.withValue(info) {
            _ = floor  // or the closure would be nobody's, leave the loop's actors and return
            return try await activation.perform(method, arguments, reply: &writer)
          })
      } catch {
        result = .failure(error)
      }
      runner.takeBack(arguments)
      runner.end(result, writer)
      runner.stage.giveBack(&writer)
      guard runner.mayRest else { return }
    } while await withUnsafeContinuation { runner.rest($0) }
  }

  private var mayRest: Bool { !isCancelled && stage.idleRunners.count < Self.keptIdle && !stage.isClosed }

  private func rest(_ next: UnsafeContinuation<Bool, Never>) {
    idle = next
    stage.idleRunners.append(self)
  }

  private func lendArguments() -> [UInt8] {
    var lent: [UInt8] = []
    swap(&lent, &arguments)
    return lent
  }

  private func takeBack(_ lent: [UInt8]) {
    if lent.count <= Self.keptArguments { arguments = lent }
  }

  private func end(_ result: Result<Outcome, any Error>, _ writer: Writer) {
    guard let activation else { return }
    if let sink {
      switch result {
      case .success(let outcome): activation.letOut(outcome.status, writer, to: sink)
      case .failure(let error): stage.refuse(error, of: activation, to: sink)
      }
    }
    release(activation)
  }

  private func release(_ activation: Activation) {
    timer?.cancel()
    timer = nil
    sink = nil
    info = nil
    self.activation = nil
    if isQuery { activation.suspendedQueries -= 1 } else { activation.phase = .idle }
    activation.lastUsed = stage.loop.now
    activation.resume()
  }
}

/// Where runners stand between turns: an actor of the loop without anything to do.
actor StageFloor {
  private nonisolated let executor: UnownedSerialExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor }

  init(_ executor: UnownedSerialExecutor) { self.executor = executor }
}
