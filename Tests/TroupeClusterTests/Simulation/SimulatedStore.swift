// The register and the beats, with the faults of a real store: operations take time, fail, or take effect long after their
// client gave up on them. That last one is the most productive fault of all.

@testable import TroupeCluster

final class SimulatedStore {
  /// A statement's time limit, as real stores have it.
  static let timeout: Duration = .milliseconds(700)

  private(set) var register: View?
  private var beats: [IncarnationName: UInt64] = [:]
  private let time: SimulatedTime
  var random: SeededRandom

  var latency: ClosedRange<Int64> = 200_000...4_000_000
  /// In a thousand: the client hears nothing, and the operation takes effect up to `latest` later, or never.
  var lost = 0
  var latest: Duration = .seconds(4)
  var isAway = false
  /// A store that drops a member's beat with the member: its heirs cannot know which was the last.
  var forgetsTheBuried = false

  init(time: SimulatedTime, seed: UInt64) {
    self.time = time
    random = SeededRandom(seed: seed)
  }

  /// Runs `operation` at its instant and answers its result; nil when the outcome is unknown.
  func perform<T>(unless isCut: Bool, _ operation: @escaping () -> T, _ answer: @escaping (T?) -> Void) {
    if isCut || isAway {
      return time.after(.nanoseconds(Int64.random(in: 1_000_000...Self.timeout.wholeNanoseconds, using: &random))) { answer(nil) }
    }
    if Int.random(in: 0..<1_000, using: &random) < lost {
      if Bool.random(using: &random) {
        time.after(.nanoseconds(Int64.random(in: 0...latest.wholeNanoseconds, using: &random))) { _ = operation() }
      }
      return time.after(Self.timeout) { answer(nil) }
    }
    let (there, back) = (Int64.random(in: latency, using: &random), Int64.random(in: latency, using: &random))
    time.after(.nanoseconds(there)) { [time] in
      let result = operation()
      time.after(.nanoseconds(back)) { answer(result) }
    }
  }

  // MARK: The statements

  func create(_ view: View) -> ChangeOutcome {
    if let register { return .lost(current: register.epoch) }
    register = view
    return .stored
  }

  func compareAndSet(_ view: View) -> ChangeOutcome {
    guard let register, register.epoch.next == view.epoch else { return .lost(current: register?.epoch ?? .none) }
    self.register = view
    let kept = Set(view.members.map(\.name) + (forgetsTheBuried ? [] : view.burials))
    beats = beats.filter { kept.contains($0.key) }
    return .stored
  }

  /// Nil when the incarnation is not listed.
  func beat(_ name: IncarnationName, _ counter: UInt64) -> (epoch: Epoch, beats: [PeerBeat]?) {
    guard let register, register.lists(name) else { return (register?.epoch ?? .none, nil) }
    beats[name] = max(beats[name] ?? 0, counter)
    return (register.epoch, listed)
  }

  func readBeats() -> (epoch: Epoch, beats: [PeerBeat]) { (register?.epoch ?? .none, listed) }

  private var listed: [PeerBeat] { beats.keys.sorted().map { PeerBeat($0, counter: beats[$0]!) } }
}
