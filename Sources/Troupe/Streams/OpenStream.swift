// A stream on the loop of its entity: a task takes items from the entity's sequence as long as there is room, and pulls of the
// consumer take them away. A pull that finds nothing waits.

final class OpenStream {
  let ticket: UInt64
  /// Set when the turn that opened it has ended.
  private(set) var activation: Activation?
  /// Who may pull: the peer that opened it, nil for this process.
  private var consumer: String?
  private let stage: Stage
  private var buffer = StreamBuffer()
  private var source: Task<Void, Never>?
  /// The source waits here for room; resumed with whether anybody still listens.
  private var room: UnsafeContinuation<Bool, Never>?
  private var waiting: (sink: ReplySink, until: Instant)?
  private var isGathering = false
  private(set) var heardAt: Instant
  private var isOver = false

  init(on stage: Stage) {
    self.stage = stage
    ticket = stage.loop.random()
    heardAt = stage.loop.now
  }

  func begin(of activation: Activation, for sink: ReplySink) {
    self.activation = activation
    consumer = Self.name(of: sink)
  }

  func feed(from source: Task<Void, Never>) { self.source = source }

  private static func name(of sink: ReplySink) -> String? {
    sink.link.map { link in link.peer.map { "\($0.role.word)/\($0.name)" } ?? "?" }
  }

  // MARK: The source

  /// Returns when there is room for another; false when nobody listens any more.
  nonisolated(nonsending) func send(_ item: [UInt8]) async -> Bool {
    guard !isOver else { return false }
    guard item.count <= CallLimits.payloadBytes - StreamLimits.itemOverhead else {
      finish(.fault("an item of \(item.count) bytes does not fit in a frame"))
      return false
    }
    buffer.append(item)
    answerSoon()
    guard !buffer.hasRoom else { return true }
    return await withUnsafeContinuation { room = $0 }
  }

  /// The sequence has ended.
  func finish(_ end: StreamEnd) {
    guard !isOver else { return }
    buffer.finish(end)
    answerSoon()
  }

  // MARK: The consumer

  /// False when this pull is not the consumer's.
  func pull(_ pull: StreamPull, _ facts: CallFacts, to sink: ReplySink) -> Bool {
    guard consumer == Self.name(of: sink), !isOver else { return false }
    // The consumer gave up on an earlier pull, which the link may still carry.
    answer(.cancelled)
    guard buffer.confirm(pull.from, credit: pull.credit) else {
      stage.reply(to: sink, .badArguments, text: "this stream has no item \(pull.from)")
      return true
    }
    let now = stage.loop.now
    heardAt = now
    waiting = (sink, now + (facts.deadline - now) / 2)
    if buffer.hasRoom { goOn(true) }
    if buffer.hasNews { answerSoon() }
    return true
  }

  func isPulled(by call: CallOrigin) -> Bool { waiting?.sink.isFrom(call) ?? false }

  /// Pulls that have waited long enough get an empty answer: so each side knows that the other is there.
  func keepAlive(_ now: Instant) {
    guard let waiting, waiting.until <= now else { return }
    self.waiting = nil
    heardAt = now
    answer(to: waiting.sink)
  }

  private func answerSoon() {
    guard waiting != nil, !isGathering else { return }
    isGathering = true
    stage.loop.atEndOfPass(self)
  }

  /// The stream stays until its consumer closes it: the answer may be lost, and asked for again.
  private func answer(to sink: ReplySink) {
    // What it tells may stand on events that are on their way to the disk.
    activation?.letOut(.value, buffer.batch().wireBytes, to: sink)
  }

  private func answer(_ status: ReplyStatus) {
    guard let waiting else { return }
    self.waiting = nil
    stage.reply(to: waiting.sink, status, text: "another pull has come")
  }

  // MARK: The end

  private func goOn(_ isHeard: Bool) {
    let waiter = room
    room = nil
    CurrentLoop.resumeOnActor { waiter?.resume(returning: isHeard) }
  }

  /// Nobody listens, or the entity goes: the source is cancelled, a waiting pull is told.
  func close(_ why: StreamEnd?) {
    guard !isOver else { return }
    if let why, let waiting {
      self.waiting = nil
      buffer.finish(why)
      stage.reply(to: waiting.sink, .value, StreamBatch(items: [], end: why).wireBytes)
    } else {
      answer(.cancelled)
    }
    isOver = true
    source?.cancel()
    source = nil
    goOn(false)
    activation = nil
  }
}

extension OpenStream: EndOfPass {
  func passEnded() {
    isGathering = false
    guard !isOver, let waiting, buffer.hasNews else { return }
    self.waiting = nil
    answer(to: waiting.sink)
  }
}
