// The engine of sagas: one durable entity a saga, under the id flow/id. Each transition is a turn; what a step does runs between turns, in a
// task, and comes back as a call. A reminder watches over it: when the node ends between two turns, the next owner's reminder goes on.

/// Sagas of all flows. Started and asked through `cluster.saga(flow, id)`.
@Entity("saga")
public actor Sagas: EventSourced {
  public typealias State = SagaState
  public typealias Event = SagaEvent

  /// Beyond a step's timeout, until its try is taken for lost with its node.
  private static let grace: Duration = .seconds(2)
  /// A saga that is stuck is tried again this often.
  private static let stuckPause: Duration = .seconds(3_600)
  /// Bytes of input and of memory, each: they stand in every snapshot.
  static let byteLimit = 256 << 10
  private static let errorLength = 500

  private let flows: FlowTable
  private let changes = Broadcast<SagaState>()
  /// The version whose try runs here.
  private var trying: UInt64?
  /// The version that would have begun, had not another one's try still been running.
  private var waiting: UInt64?

  init(context: EntityContext, flows: FlowTable) {
    self.context = context
    self.flows = flows
  }

  @Wire public enum Failure: Error, Hashable {
    case unknownFlow(String)
    /// It runs, or ran, with another input.
    case otherInput
    case tooLarge(Int)
    case notStarted
    /// Only one that is stuck, or under way, can be told so.
    case notNow(String)
  }

  // MARK: For those who start sagas

  /// Once it has answered, the saga will end, whatever happens. The same input again changes nothing.
  @Command public func start(_ flow: String, input: [UInt8]) throws(Failure) {
    guard state.phase == .none else {
      guard state.input == input else { throw .otherInput }
      return
    }
    guard let plan = flows[flow] else { throw .unknownFlow(flow) }
    guard input.count <= Self.byteLimit else { throw .tooLarge(input.count) }
    change(.started(flow: flow, input: input, memory: plan.memory, steps: plan.steps.map(\.name), time: now))
    goOn()
  }

  @Query public func status() -> SagaState { state }

  /// How it stands, now and after each change; of changes in quick succession the last.
  @Query public func watch() -> AsyncStream<SagaState> { changes.stream(beginningWith: state) }

  // MARK: For operators

  /// Undoes it from where it is.
  @Command public func turnBack(_ reason: String) throws(Failure) {
    guard state.phase == .forward else { throw .notNow("it is not on its way forward") }
    change(.turnedBack(reason: String(reason.prefix(Self.errorLength)), time: now))
    goOn()
  }

  /// Tries the step at hand again at once, as if it had not failed.
  @Command public func resume() throws(Failure) {
    guard state.isUnderWay else { throw .notNow("it is not under way") }
    change(.resumed(time: now))
    goOn()
  }

  /// Goes on as if the step at hand had been undone: by hand, for instance.
  @Command public func passOver() throws(Failure) {
    guard state.phase == .back else { throw .notNow("it is not being undone") }
    change(.passedOver(time: now))
    goOn()
  }

  // MARK: For the engine

  /// The reminder's: the try that began with this version has not come back, or its pause is over.
  @Command func wake(_ version: UInt64) {
    guard version == state.version, state.isUnderWay else { return }
    launch()
  }

  /// Runs behind the turn that told it, when that is durable: so what a step does never rests on a decision that may be lost.
  @Command func begin(_ version: UInt64) {
    guard version == state.version, state.isUnderWay, trying != version else { return }
    // A try that still runs ends first, or a step and its undo would run side by side.
    guard trying == nil else { return waiting = version }
    trying = version
    attempt(version)
  }

  /// A try has ended.
  @Command func ended(_ version: UInt64, memory: [UInt8]) {
    if trying == version { trying = nil }
    guard version == state.version, state.isUnderWay else { return }
    change(state.phase == .forward ? .did(memory: memory, time: now) : .undid(memory: memory, time: now))
    goOn()
  }

  /// A try has failed; `isFinal`: another one would be in vain.
  @Command func failed(_ version: UInt64, error: String, isFinal: Bool) {
    if trying == version { trying = nil }
    guard version == state.version, state.isUnderWay else { return }
    let error = String(error.prefix(Self.errorLength))
    let isLast = isFinal || state.failures + 1 >= (step?.retry.attempts ?? 1)
    switch (state.phase, isLast) {
    case (.forward, true):
      change(.turnedBack(reason: "\(state.steps[state.position].name): \(error)", time: now))
      goOn()
    case (.back, true):
      change(.gotStuck(error: error, time: now))
      watch(in: Self.stuckPause)
    default:
      change(.failed(error: error, time: now))
      let random = Double(context.random() >> 11) / Double(1 << 53)
      watch(in: step?.retry.pause(before: state.failures + 1, random: random) ?? .seconds(1))
    }
  }

  // MARK: Turns

  private var now: Int64 { context.wallClock.milliseconds }

  /// Nil when this version of the application does not have it any more.
  private var step: FlowStep? {
    flows[state.flow]?.steps.first { $0.name == state.steps[state.position].name }
  }

  private func change(_ event: SagaEvent) {
    emit(event)
    changes.send(state)
  }

  /// After a transition: the next step, or the end.
  private func goOn() {
    guard state.isUnderWay else { return cancelReminder("watch") }
    launch()
  }

  /// Watches over the try, and lets it begin when all this is durable.
  private func launch() {
    watch(in: (step?.timeout ?? .zero) + Self.grace)
    context.entity(Sagas.self, context.id).tell.begin(state.version)
  }

  private func watch(in pause: Duration) {
    let version = state.version
    remind("watch", after: pause) { $0.wake(version) }
  }

  // MARK: Between turns

  private func attempt(_ version: UInt64) {
    let isForward = state.phase == .forward
    let (id, name) = (context.id, state.steps[state.position].name)
    guard let step else {
      trying = nil
      return context.entity(Sagas.self, id).tell.failed(
        version, error: "this version has no step '\(name)' of '\(state.flow)'", isFinal: true)
    }
    // What need not be undone is.
    guard let action = isForward ? step.act : step.undo else {
      trying = nil
      return context.entity(Sagas.self, id).tell.ended(version, memory: state.memory)
    }
    let own = context.entity(Sagas.self, id)
    let call = FlowStep.Call(
      input: state.input, memory: state.memory, id: String(id.dropFirst(state.flow.utf8.count + 1)),
      key: "\(id)/\(name)/\(isForward ? "do" : "undo")", attempt: state.failures + 1, cluster: own.target.cluster)
    context.run(within: step.timeout) {
      try await action(call)
    } then: { [weak self] result in
      switch result {
      case .success(let memory) where memory.count <= Self.byteLimit: try? await own.ended(version, memory: memory)
      case .success(let memory):
        try? await own.failed(version, error: "it remembers \(memory.count) bytes, more than \(Self.byteLimit)", isFinal: true)
      case .failure(let error): try? await own.failed(version, error: "\(error)", isFinal: error is TurnBack)
      }
      await self?.tryIsOver(version)
    }
  }

  /// Also when nobody could be told how it ended: the reminder then begins it anew.
  private func tryIsOver(_ version: UInt64) {
    if trying == version { trying = nil }
    guard let next = waiting, trying == nil else { return }
    waiting = nil
    context.entity(Sagas.self, context.id).tell.wake(next)
  }
}
