// A circuit breaker: stops calls that would fail anyway, and finds out with single probes when they would not. Pure: time, chance
// and the count of answers come in. Whom it guards, and what counts as a failure, its owner knows.
import TroupeNet

/// One circuit breaker.
///
///     closed ── N failures in a row, or a share of a window ──▶ open
///     open ── its time is over, a call comes: the probe ──▶ half-open
///     half-open ── the probe is answered ──▶ closed
///     half-open ── the probe fails ──▶ open, for twice as long
///     half-open ── the probe tells nothing ──▶ open, until the next call, which is the probe
///     half-open ── the probe takes too long ──▶ half-open: the next call is a probe too, and the first outcome counts
///
/// Each transition begins a new *era*. A call carries the era in which it passed; what it tells later, in another era, is not
/// heard: it left before the breaker opened, and says nothing about now.
///
/// Calls that succeed do not come here. They add one to a running total, which is handed in with each failure.
public struct Breaker: Sendable {
  public enum State: Hashable, Sendable {
    /// Calls pass. Next: open.
    case closed
    /// No call passes before this instant. Next: half-open.
    case open(until: Instant)
    /// One probe is out, and until this instant no other passes. Next: closed, open, half-open with another probe.
    case halfOpen(until: Instant)
  }

  /// What a call is told that may pass.
  public struct Pass: Hashable, Sendable {
    public let era: UInt32
    /// Its outcome decides, so it must be told whatever it is.
    public let isProbe: Bool
  }

  public private(set) var state = State.closed
  /// When it came into this state.
  public private(set) var since: Instant
  public private(set) var era: UInt32 = 0
  /// Without an answer between them; those of one instant count once.
  public private(set) var failuresInARow = 0
  /// Of the window, each of them.
  public private(set) var failures = 0
  /// Openings since it was made, those after a failed probe included.
  public private(set) var openings: UInt64 = 0

  private let settings: BreakerSettings
  private var windowStart = Instant(nanoseconds: 0)
  private var answersAtStart: UInt64 = 0
  private var answersAtFailure: UInt64 = 0
  private var lastInARow = Instant(nanoseconds: 0)
  /// Openings without a calm window between them: the next one lasts two to this power times the first.
  private var growth = 0

  public init(_ settings: BreakerSettings, now: Instant) {
    self.settings = settings
    since = now
  }

  public var isClosed: Bool { state == .closed }

  // MARK: Calls on their way out

  /// Until when a call is refused; nil when it may pass now.
  public func refusal(at now: Instant) -> Instant? {
    switch state {
    case .closed: nil
    case .open(let until), .halfOpen(let until): now < until ? until : nil
    }
  }

  /// A call passes. Only after `refusal` said nil.
  public mutating func pass(at now: Instant) -> Pass {
    if isClosed { return Pass(era: era, isProbe: false) }
    precondition(refusal(at: now) == nil, "a breaker that is \(state) let a call pass at \(now.nanoseconds)")
    let next = State.halfOpen(until: now + settings.probeLimit)
    // The probe before may be slow and not lost: it is of the same era, and still heard.
    if case .halfOpen = state { state = next } else { enter(next, now) }
    return Pass(era: era, isProbe: true)
  }

  // MARK: What became of them

  /// A probe was answered. Other calls need not tell.
  public mutating func answered(_ era: UInt32, now: Instant) {
    guard case .halfOpen = state, era == self.era else { return }
    failuresInARow = 0
    failures = 0
    enter(.closed, now)
  }

  /// - Parameters:
  ///   - answers: all that ever came of what this breaker guards.
  ///   - random: any number.
  public mutating func failed(_ era: UInt32, answers: UInt64, now: Instant, random: UInt64) {
    guard era == self.era else { return }
    switch state {
    case .open: return
    case .halfOpen: open(now, random)
    case .closed:
      count(answers, now)
      if failuresInARow >= settings.consecutive || shareIsTooHigh(answers, now) { open(now, random) }
    }
  }

  /// The call ended without saying anything about what is guarded here. A probe's place is free again.
  public mutating func toldNothing(_ era: UInt32, now: Instant) {
    guard case .halfOpen = state, era == self.era else { return }
    enter(.open(until: now), now)
  }

  /// What is guarded has begun a new life.
  public mutating func reset(now: Instant) {
    growth = 0
    failuresInARow = 0
    failures = 0
    if !isClosed { enter(.closed, now) }
  }

  // MARK: Inside

  private mutating func count(_ answers: UInt64, _ now: Instant) {
    if failures == 0 || now - windowStart > settings.window {
      windowStart = now
      answersAtStart = answers
      failures = 0
    }
    failures += 1
    if answers != answersAtFailure { failuresInARow = 0 }
    answersAtFailure = answers
    if failuresInARow == 0 || now - lastInARow >= settings.apart {
      failuresInARow += 1
      lastInARow = now
    }
  }

  private func shareIsTooHigh(_ answers: UInt64, _ now: Instant) -> Bool {
    guard now - windowStart >= settings.judgedAfter else { return false }
    let ended = failures + Int(clamping: answers &- answersAtStart)
    return ended >= settings.minimumCalls && failures * 100 >= ended * settings.share
  }

  private mutating func open(_ now: Instant, _ random: UInt64) {
    if isClosed, now - since >= settings.window { growth = 0 }
    let step = min(settings.longestOpening, settings.firstOpening * (1 << min(growth, 16)))
    growth += 1
    openings += 1
    enter(.open(until: now + step / 2 + (step / 2) * (Double(random >> 11) / Double(1 << 53))), now)
  }

  private mutating func enter(_ next: State, _ now: Instant) {
    state = next
    since = now
    era &+= 1
  }
}
