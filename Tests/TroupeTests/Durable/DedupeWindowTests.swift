// What an entity remembers of commands: answers for retries, refusals for reused ids, and what lets an entry go.
import Testing

@testable import Troupe

@Suite struct DedupeWindowTests {
  static let now = WallTime(milliseconds: 1_000_000)

  static func entry(_ sequence: UInt64, caller: UInt64 = 1, at time: WallTime = now) -> DedupeEntry {
    DedupeEntry(
      call: CallID(caller: caller, sequence: sequence), method: 7, argumentsHash: 9, status: 0, reply: [UInt8(sequence & 0xff)],
      wallTime: time)
  }

  static func admit(
    _ window: inout DedupeWindow, _ sequence: UInt64, caller: UInt64 = 1, lowest: UInt64 = 0, hash: UInt64 = 9, at time: WallTime = now
  ) -> String {
    let call = CallID(caller: caller, sequence: sequence)
    return switch window.admit(call, lowestOpen: lowest, method: 7, argumentsHash: hash, now: time) {
    case .new: "new"
    case .done(_, let reply): "done \(reply)"
    case .reused: "reused"
    case .full: "full"
    }
  }

  @Test func aRetryIsAnsweredAndNotRun() {
    var window = DedupeWindow()
    do { let verdict = Self.admit(&window, 5); #expect(verdict == "new") }
    window.remember(Self.entry(5))
    do { let verdict = Self.admit(&window, 5); #expect(verdict == "done [5]") }
    do { let verdict = Self.admit(&window, 5, hash: 10); #expect(verdict == "reused") }
    do { let verdict = Self.admit(&window, 5, caller: 2); #expect(verdict == "new") }
  }

  @Test func anAcknowledgedCallIsForgotten() {
    var window = DedupeWindow()
    for sequence in 1...4 { window.remember(Self.entry(UInt64(sequence))) }
    window.remember(Self.entry(1, caller: 2))
    do { let verdict = Self.admit(&window, 9, lowest: 4); #expect(verdict == "new") }
    #expect(window.entries.map(\.call.sequence) == [4, 1])
  }

  @Test func anOldEntryLeavesAfterAMinute() {
    var window = DedupeWindow()
    window.remember(Self.entry(1))
    let later = WallTime(milliseconds: Self.now.milliseconds + 60_001)
    do { let verdict = Self.admit(&window, 1, at: WallTime(milliseconds: Self.now.milliseconds + 60_000)); #expect(verdict == "done [1]") }
    do { let verdict = Self.admit(&window, 1, at: later); #expect(verdict == "new") }
  }

  @Test func aFullWindowRefusesAndForgetsNothing() {
    var window = DedupeWindow()
    for sequence in 1...UInt64(DedupeWindow.limit) { window.remember(Self.entry(sequence)) }
    do { let verdict = Self.admit(&window, 5_000); #expect(verdict == "full") }
    do { let verdict = Self.admit(&window, 1); #expect(verdict == "done [1]") }
  }

  // MARK: Keys that outside clients choose

  static func keyed(_ key: String, at time: WallTime = now, reply: [UInt8] = [1]) -> DedupeEntry {
    DedupeEntry(call: CallID(key: key), method: 7, argumentsHash: 9, status: 0, reply: reply, wallTime: time)
  }

  static func admit(_ window: inout DedupeWindow, key: String, hash: UInt64 = 9, hours: Double = 0) -> String {
    let call = CallID(key: key)
    return admit(
      &window, call.sequence, caller: call.caller, lowest: .max, hash: hash,
      at: WallTime(milliseconds: now.milliseconds + Int64(hours * 3_600_000)))
  }

  @Test func aKeyIsRememberedForADay() {
    var window = DedupeWindow()
    window.remember(Self.keyed("order-1"))
    let verdicts = [
      Self.admit(&window, key: "order-1", hours: 23.9), Self.admit(&window, key: "order-1", hash: 8, hours: 23.9),
      Self.admit(&window, key: "order-2"), Self.admit(&window, key: "order-1", hours: 24.1),
    ]
    #expect(verdicts == ["done [1]", "reused", "new", "new"])
  }

  @Test func keysAreBoundedInNumberAndInBytesAndDoNotCrowdOutOthers() {
    var window = DedupeWindow()
    for number in 0..<DedupeWindow.keyedLimit { window.remember(Self.keyed("k\(number)")) }
    let full = [
      Self.admit(&window, key: "new"), Self.admit(&window, key: "k7"), Self.admit(&window, 5), Self.admit(&window, key: "new", hours: 25),
    ]
    #expect(full == ["full", "done [1]", "new", "new"])
    var fat = DedupeWindow()
    fat.remember(Self.keyed("fat", reply: [UInt8](repeating: 0, count: DedupeWindow.keyedBytes)))
    let refused = Self.admit(&fat, key: "new")
    #expect(refused == "full")
  }

  @Test func keysSurviveASnapshot() throws {
    var window = DedupeWindow()
    window.remember(Self.keyed("a"))
    window.remember(Self.entry(3))
    var back = DedupeWindow()
    back.restore(try [DedupeEntry](wireBytes: window.entries.wireBytes))
    let verdicts = [Self.admit(&back, key: "a"), Self.admit(&back, 3)]
    #expect(verdicts == ["done [1]", "done [3]"])
  }

  @Test func entriesSurviveASnapshot() throws {
    let entries = [Self.entry(1), Self.entry(2, caller: 3)]
    let back = try [DedupeEntry](wireBytes: entries.wireBytes)
    #expect(back.map(\.call) == entries.map(\.call))
    #expect(back.map(\.reply) == entries.map(\.reply))
    #expect(back.map(\.wallTime) == entries.map(\.wallTime))
  }
}
