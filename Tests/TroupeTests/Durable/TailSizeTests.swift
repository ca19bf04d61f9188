// When a checkpoint is due, by each of its three measures, and what is behind the floor once it is stored.
import Testing

@testable import Troupe

@Suite struct TailSizeTests {
  static let start = Instant(nanoseconds: 1_000_000_000)

  static let policy: SnapshotPolicy = {
    var policy = SnapshotPolicy()
    (policy.records, policy.bytes, policy.age) = (10, 1_000, .seconds(60))
    return policy
  }()

  static func tail(of records: Int, bytes: Int) -> TailSize {
    var tail = TailSize()
    for _ in 0..<records { tail.add(bytes: bytes, at: start) }
    return tail
  }

  @Test func whateverComesFirstCounts() {
    #expect(!Self.tail(of: 9, bytes: 1).isDue(Self.policy, now: Self.start))
    #expect(Self.tail(of: 10, bytes: 1).isDue(Self.policy, now: Self.start))
    #expect(!Self.tail(of: 1, bytes: 999).isDue(Self.policy, now: Self.start))
    #expect(Self.tail(of: 1, bytes: 1_000).isDue(Self.policy, now: Self.start))
    #expect(!Self.tail(of: 1, bytes: 1).isDue(Self.policy, now: Self.start + .seconds(59)))
    #expect(Self.tail(of: 1, bytes: 1).isDue(Self.policy, now: Self.start + .seconds(60)))
  }

  @Test func nothingIsNeverDue() {
    #expect(!TailSize().isDue(Self.policy, now: Self.start + .seconds(1_000_000)))
  }

  @Test func whatCameWhileItWasWrittenStays() {
    var tail = Self.tail(of: 10, bytes: 100)
    let stored = tail
    tail.add(bytes: 7, at: Self.start + .seconds(2))
    tail.subtract(stored, began: Self.start + .seconds(1))
    #expect((tail.records, tail.bytes) == (1, 7))
    #expect(!tail.isDue(Self.policy, now: Self.start + .seconds(60)))
    #expect(tail.isDue(Self.policy, now: Self.start + .seconds(61)))
    tail.subtract(tail, began: Self.start)
    #expect(!tail.isDue(Self.policy, now: Self.start + .seconds(1_000)))
  }

  @Test func policiesThatCannotBeAreRefused() {
    for change: (inout SnapshotPolicy) -> Void in [{ $0.records = 0 }, { $0.bytes = 0 }, { $0.age = .milliseconds(1) }] {
      var policy = SnapshotPolicy()
      #expect(policy.refusal == nil)
      change(&policy)
      #expect(policy.refusal != nil)
    }
  }
}
