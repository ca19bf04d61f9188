// A store beside a simulated cluster: its requests and answers take time, get lost, and take effect long after their client gave up.
public import Troupe
import TroupeNet

/// One store, and a door to it for each host, in virtual time.
///
/// Faults are the network's and the server's: a request may be lost before it arrives, its answer may be lost after it took effect, and a
/// request may lie somewhere until its client has forgotten it. What a crashed host had under way arrives, or does not, as it would have.
public final class SimulatedStore: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  /// What becomes of a request.
  enum Fate { case done, refused, requestLost, answerLost, late }

  /// One way.
  public var latency: ClosedRange<Duration> = .microseconds(100)...(.milliseconds(2))
  /// Out of 1,000 requests so many have an unknown outcome.
  public var lostPerMille = 0
  /// Out of 1,000 requests so many are refused and do nothing.
  public var refusedPerMille = 0
  /// Out of 1,000 answers so many are on their way for longer than all others.
  public var stalledPerMille = 0
  /// How long those are; what takes longer than a statement may is a timeout to its client, and done all the same.
  public var stall: ClosedRange<Duration> = .milliseconds(100)...(.milliseconds(900))
  /// How long after it was made a forgotten request may take effect.
  public var latest: Duration = .seconds(4)
  /// Nobody reaches it.
  public var isAway = false
  /// Requests that were made.
  public private(set) var requests = 0
  /// Requests that took effect after their client had given up on them.
  public private(set) var lateEffects = 0

  let world: SimulatedWorld
  private let store: any Store
  private let loop: SimulatedLoop
  private var random: SeededRandom
  private var cut: Set<String> = []

  public init(_ world: SimulatedWorld, _ store: any Store = MemoryStore()) {
    self.world = world
    self.store = store
    loop = world.makeLoop(host: "store")
    random = SeededRandom(seed: world.seed ^ 0x73_746F_7265)
  }

  /// The store as a host sees it.
  public func door(of host: String) -> any Store { StoreDoor(self, host: host) }

  public func setCut(_ isCut: Bool, host: String) {
    if isCut { cut.insert(host) } else { cut.remove(host) }
  }

  /// No faults any more.
  public func heal() {
    (lostPerMille, refusedPerMille, stalledPerMille, isAway, cut) = (0, 0, 0, false, [])
  }

  /// The register as it is.
  func view() -> View? {
    try? world.run(on: loop) { [store] in try? await store.readRegister() }
  }

  // MARK: One call

  private func draw(_ range: ClosedRange<Duration>) -> Duration {
    .nanoseconds(Int64.random(in: range.lowerBound.wholeNanoseconds...range.upperBound.wholeNanoseconds, using: &random))
  }

  private func mayTakeLonger(than timeout: Duration) -> Bool { latency.upperBound * 2 > timeout || stalledPerMille > 0 }

  private func drawAnswer() -> Duration {
    // Nothing is drawn where nothing stalls: seeds stay what they are.
    if stalledPerMille > 0, Int.random(in: 0..<1_000, using: &random) < stalledPerMille { return draw(stall) }
    return draw(latency)
  }

  private func fate(of host: String) -> Fate {
    if isAway || cut.contains(host) { return [.requestLost, .answerLost][Int.random(in: 0..<2, using: &random)] }
    let drawn = Int.random(in: 0..<1_000, using: &random)
    if drawn < lostPerMille { return [.requestLost, .answerLost, .late][Int.random(in: 0..<3, using: &random)] }
    return drawn < lostPerMille + refusedPerMille ? .refused : .done
  }

  func take<Value: Sendable>(
    _ operation: StoreOperation, from host: String, _ reply: StoreReply<Value>,
    _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) {
    requests += 1
    let fate = fate(of: host)
    let timeout = StoreLimits.statementTimeout
    switch fate {
    // A real one gives up on a statement as well: its effect is no less for that.
    case .done: if mayTakeLonger(than: timeout) { answer(reply, after: timeout, with: .failure(.timeout("\(operation)"))) }
    case .refused: return answer(reply, after: draw(latency), with: .failure(.unavailable("the simulated store refuses")))
    case .requestLost, .answerLost, .late: answer(reply, after: timeout, with: .failure(.timeout("\(operation)")))
    }
    if case .requestLost = fate { return }
    world.schedule(after: fate == .late ? timeout + draw(.zero...latest) : draw(latency)) { [self] in
      if fate == .late { lateEffects += 1 }
      Task(executorPreference: loop) { [store] in
        let result: Result<Value, StoreError>
        do throws(StoreError) { result = .success(try await call(store)) } catch { result = .failure(error) }
        if fate == .done { self.answer(reply, after: self.drawAnswer(), with: result) }
      }
    }
  }

  private func answer<Value>(_ reply: StoreReply<Value>, after delay: Duration, with result: Result<Value, StoreError>) {
    world.schedule(after: delay) { reply.give(result) }
  }
}

/// Where one call waits.
final class StoreReply<Value: Sendable>: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  private var waiting: UnsafeContinuation<Result<Value, StoreError>, Never>?

  init(_ waiting: UnsafeContinuation<Result<Value, StoreError>, Never>) { self.waiting = waiting }

  func give(_ result: Result<Value, StoreError>) {
    waiting?.resume(returning: result)
    waiting = nil
  }
}

/// A host's way to the store.
final class StoreDoor: StoreRelay {
  private let store: SimulatedStore
  private let host: String

  init(_ store: SimulatedStore, host: String) {
    self.store = store
    self.host = host
  }

  nonisolated(nonsending) func perform<Value: Sendable>(
    _ operation: StoreOperation, _ call: @escaping @Sendable (any Store) async throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    try await withUnsafeContinuation { continuation in
      store.take(operation, from: host, StoreReply(continuation), call)
    }.get()
  }

  nonisolated(nonsending) func close() async {}
}
