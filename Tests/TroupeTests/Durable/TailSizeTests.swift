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

  @Test func whoHasMoreThanItsPartTakesATurnWhenAllHaveTooMuch() {
    var policy = SnapshotPolicy()
    policy.together = 30
    let (small, large) = (Self.tail(of: 5, bytes: 1), Self.tail(of: 20, bytes: 1))
    var tails = TailsTogether()
    for tail in [small, small, large] { tails.enter(tail) }
    func turn(_ tail: TailSize, _ milliseconds: Int) -> Bool {
      tails.takesTurn(policy, having: tail.records, now: Self.start + .milliseconds(milliseconds))
    }
    let atThirty = turn(large, 0)
    tails.addRecord()
    let turns = [turn(small, 0), turn(large, 0), turn(large, 0), turn(large, 10), turn(large, 20)]
    #expect(!atThirty, "30 are not too many")
    #expect(turns == [false, true, false, false, true], "who has more than its part, and one at a time")
    tails.subtract(large)
    let afterwards = turn(large, 1_000)
    #expect(!afterwards)
    tails.leave(small)
    #expect((tails.shards, tails.records) == (2, 6))
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
    let changes: [(inout SnapshotPolicy) -> Void] = [
      { $0.records = 0 }, { $0.together = 0 }, { $0.bytes = 0 }, { $0.age = .milliseconds(1) },
    ]
    for change in changes {
      var policy = SnapshotPolicy()
      #expect(policy.refusal == nil)
      change(&policy)
      #expect(policy.refusal != nil)
    }
  }
}
