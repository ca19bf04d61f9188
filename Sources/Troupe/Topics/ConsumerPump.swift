// One group's way through one shard's log: a pure machine. Where it stands, what is under way, and what follows from each outcome.

struct ConsumerPump {
  enum Event {
    /// Where it begins, by the store or by the policy.
    case started(at: Offset)
    /// The log is durable up to here.
    case grew(to: Offset)
    /// What of `from..<upTo` concerns the group.
    case fetched([StoredRecord], upTo: Offset)
    case fetchFailed
    case cutOff(Offset)
    case delivered
    case failed(String)
    /// The consumer can take nothing just now, whatever it is given.
    case held(String)
    /// All but these were taken: they are refused, or, where `isHeld`, could not be taken just now.
    case partly(left: Set<Offset>, String, isHeld: Bool)
    /// Where it begins is not to be found out yet.
    case notStarted(String)
    /// The dead letter is durable; or it is not.
    case buried
    case notBuried(String)
    /// A pause is over.
    case pauseEnded
  }

  enum Effect: Equatable {
    case fetch(from: Offset, limit: Int)
    case deliver([StoredRecord], attempt: Int)
    case bury(StoredRecord, attempts: Int, error: String)
    case pause(Duration)
    /// Everything before this offset was taken.
    case commit(Offset)
  }

  enum Phase: Equatable {
    /// Nobody knows yet where it begins.
    case starting
    /// It has everything.
    case idle
    case fetching
    case delivering
    /// After a failure, before the next try of the same; or until the consumer can take something again.
    case pausing
    case burying
    /// What it wants next is gone.
    case cutOff(Offset)
  }

  private let policy: ConsumerPolicy
  private(set) var phase = Phase.starting
  /// Everything before it was taken.
  private(set) var position = Offset(0)
  private(set) var end = Offset(0)
  /// What failed last, while it stands in the way.
  private(set) var trouble: String?
  private(set) var delivered: UInt64 = 0
  private(set) var failures: UInt64 = 0
  private(set) var deadLetters: UInt64 = 0

  private var batch: ArraySlice<StoredRecord> = []
  private var batchEnd = Offset(0)
  /// After a batch failed: one record at a time, so that the others do not suffer with it.
  private var isSingle = false
  private var attempt = 1
  /// How often in a row the consumer could take nothing.
  private var holds = 0
  private var isPausingForFetch = false
  /// 0..<1 for each pause.
  private var random: SeededRandom

  init(_ policy: ConsumerPolicy, seed: UInt64) {
    self.policy = policy
    random = SeededRandom(seed: seed)
  }

  /// When the record was made that waits in front, if it was read already; milliseconds since 1970.
  var oldest: Int64? { batch.first?.turn.wallTime }

  /// Records that it could have taken and has not.
  var lag: Int { phase == .starting || !isDue ? 0 : max(0, position.distance(to: end)) }

  private var isDue: Bool { position.distance(to: end) >= policy.atLeast }

  mutating func handle(_ event: Event) -> [Effect] {
    switch (phase, event) {
    case (.starting, .notStarted(let error)):
      trouble = error
      return []
    case (.starting, .started(let offset)):
      trouble = nil
      position = offset
      phase = .idle
      return goOn()
    case (_, .grew(let offset)):
      end = max(end, offset)
      return phase == .idle ? goOn() : []
    case (.fetching, .fetched(let records, let upTo)):
      (batch, batchEnd, attempt) = (records[...], upTo, 1)
      guard batch.isEmpty else { return deliver() }
      return taken(upTo)
    case (.fetching, .fetchFailed):
      isPausingForFetch = true
      phase = .pausing
      return [.pause(policy.firstPause)]
    case (.fetching, .cutOff(let start)):
      phase = .cutOff(start)
      trouble = "the log begins at \(start), and the group stands at \(position)"
      return []
    case (.delivering, .delivered): return deliveryEnded()
    case (.delivering, .failed(let error)): return deliveryFailed(error)
    case (.delivering, .held(let error)): return hold(error)
    case (.delivering, .partly(let left, let error, let isHeld)):
      let rest = isSingle ? batch : batch.filter { left.contains($0.offset) }[...]
      guard !rest.isEmpty else { return deliveryEnded() }
      delivered += UInt64(batch.count - rest.count)
      batch = rest
      return isHeld ? hold(error) : deliveryFailed(error)
    case (.burying, .buried):
      deadLetters += 1
      return firstIsDone()
    case (.burying, .notBuried(let error)):
      trouble = "its dead letters cannot be kept: \(error)"
      phase = .pausing
      return [.pause(policy.longestPause)]
    case (.pausing, .pauseEnded):
      if isPausingForFetch {
        isPausingForFetch = false
        phase = .idle
        return goOn()
      }
      return attempt > policy.attempts ? bury() : deliver()
    default: return []
    }
  }

  private mutating func goOn() -> [Effect] {
    guard position < end, isDue else {
      phase = .idle
      return []
    }
    phase = .fetching
    return [.fetch(from: position, limit: policy.batch)]
  }

  private mutating func deliver() -> [Effect] {
    phase = .delivering
    return [.deliver(isSingle ? Array(batch.prefix(1)) : Array(batch), attempt: attempt)]
  }

  private mutating func deliveryEnded() -> [Effect] {
    holds = 0
    guard isSingle else {
      delivered += UInt64(batch.count)
      return taken(batchEnd)
    }
    delivered += 1
    return firstIsDone()
  }

  private mutating func deliveryFailed(_ error: String) -> [Effect] {
    holds = 0
    failures += 1
    trouble = error
    guard isSingle || batch.count == 1 else {
      // The whole batch comes again, a record at a time.
      isSingle = true
      return deliver()
    }
    isSingle = true
    attempt += 1
    guard attempt <= policy.attempts else { return bury() }
    phase = .pausing
    return [.pause(pause(before: attempt))]
  }

  /// The same again, after a pause, however often.
  private mutating func hold(_ error: String) -> [Effect] {
    failures += 1
    holds += 1
    trouble = error
    phase = .pausing
    return [.pause(pause(before: holds + 1))]
  }

  private mutating func bury() -> [Effect] {
    guard let first = batch.first else { return goOn() }
    phase = .burying
    return [.bury(first, attempts: policy.attempts, error: trouble ?? "unknown")]
  }

  /// The first record of a batch that goes one by one was taken or buried.
  private mutating func firstIsDone() -> [Effect] {
    trouble = nil
    attempt = 1
    guard let first = batch.popFirst() else { return goOn() }
    guard !batch.isEmpty else {
      isSingle = false
      return taken(batchEnd)
    }
    position = first.offset.advanced(by: 1)
    return [.commit(position)] + deliver()
  }

  private mutating func taken(_ upTo: Offset) -> [Effect] {
    batch = []
    isSingle = false
    trouble = nil
    position = upTo
    return [.commit(position)] + goOn()
  }

  private mutating func pause(before attempt: Int) -> Duration {
    let doubled = policy.firstPause * (1 << min(attempt - 2, 20))
    let whole = min(doubled, policy.longestPause)
    return whole / 2 + whole / 2 * Double.random(in: 0..<1, using: &random)
  }
}
