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

  @Test func entriesSurviveASnapshot() throws {
    let entries = [Self.entry(1), Self.entry(2, caller: 3)]
    let back = try [DedupeEntry](wireBytes: entries.wireBytes)
    #expect(back.map(\.call) == entries.map(\.call))
    #expect(back.map(\.reply) == entries.map(\.reply))
    #expect(back.map(\.wallTime) == entries.map(\.wallTime))
  }
}
