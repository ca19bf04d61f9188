// Where one saga stands: the fold of its events, a pure value. Which event may follow which is decided here and nowhere else.

@Wire public enum SagaStepStage: Hashable, Sendable {
  case waiting
  case done
  case undone
}

/// One step of a saga.
@Wire public struct SagaStep: Hashable, Sendable {
  public var name: String
  public var stage = SagaStepStage.waiting
  /// When it was done, or undone; milliseconds since 1970.
  public var time: Int64 = 0
}

@Wire public enum SagaPhase: Hashable, Sendable {
  /// Nobody has started it.
  case none
  case forward
  /// Undoing what was done.
  case back
  /// All steps are done.
  case finished
  /// All that was done is undone.
  case undone
}

@Wire public struct SagaState: Hashable, Sendable {
  public var flow = ""
  public var input: [UInt8] = []
  public var memory: [UInt8] = []
  public var phase = SagaPhase.none
  public var steps: [SagaStep] = []
  /// The step that is being done or undone.
  public var position = 0
  /// Tries of it that have failed.
  public var failures = 0
  /// It has failed as often as it may: it needs a person, though it is tried again once an hour.
  public var isStuck = false
  /// What went wrong last; of a saga that turned back, why.
  public var error: String?
  public var reason: String?
  /// Milliseconds since 1970.
  public var started: Int64 = 0
  public var changed: Int64 = 0
  /// Counts the events: names the state that a try began in.
  public var version: UInt64 = 0

  public init() {}

  public var isUnderWay: Bool { phase == .forward || phase == .back }

  public mutating func apply(_ event: SagaEvent) {
    version += 1
    switch event {
    case .started(let flow, let input, let memory, let names, let time):
      self = SagaState()
      version = 1
      (self.flow, self.input, self.memory, phase) = (flow, input, memory, .forward)
      steps = names.map { SagaStep(name: $0) }
      (started, changed) = (time, time)
    case .did(let memory, let time):
      mark(.done, time)
      self.memory = memory
      position += 1
      tryAnew()
      if position == steps.count { phase = .finished }
    case .undid(let memory, let time):
      mark(.undone, time)
      self.memory = memory
      goBack()
    case .failed(let error, let time):
      failures += 1
      (self.error, changed) = (error, time)
    case .turnedBack(let reason, let time):
      (phase, self.reason, changed) = (.back, reason, time)
      position = min(position, steps.count - 1)
      tryAnew()
    case .gotStuck(let error, let time):
      failures += 1
      (isStuck, self.error, changed) = (true, error, time)
    case .resumed(let time):
      tryAnew()
      changed = time
    case .passedOver(let time):
      mark(.undone, time)
      goBack()
    }
  }

  private mutating func mark(_ stage: SagaStepStage, _ time: Int64) {
    steps[position].stage = stage
    steps[position].time = time
    changed = time
  }

  private mutating func goBack() {
    position -= 1
    tryAnew()
    if position < 0 { (phase, position) = (.undone, 0) }
  }

  private mutating func tryAnew() { (failures, isStuck, error) = (0, false, nil) }
}

@Wire public enum SagaEvent: Hashable, Sendable {
  case started(flow: String, input: [UInt8], memory: [UInt8], steps: [String], time: Int64)
  case did(memory: [UInt8], time: Int64)
  case undid(memory: [UInt8], time: Int64)
  case failed(error: String, time: Int64)
  case turnedBack(reason: String, time: Int64)
  case gotStuck(error: String, time: Int64)
  case resumed(time: Int64)
  /// An operator says that the step was undone by hand.
  case passedOver(time: Int64)
}
