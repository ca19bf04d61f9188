// When a shard looks for reminders, as a dialogue: entries and pages of the store in, due ones and questions out.
import Testing

@testable import Troupe

@Suite struct ReminderIndexTests {
  private func due(_ index: inout ReminderIndex, at now: Int64) -> [String] {
    var names: [String] = []
    while let entry = index.popDue(now: now) { names.append(entry.entity) }
    return names
  }

  @Test func theEarliestComesFirst() {
    var index = ReminderIndex()
    for (time, name) in [(50, "c"), (10, "a"), (30, "b"), (10, "a2")] as [(Int64, String)] { index.add(at: time, kind: 1, entity: name) }
    let none = due(&index, at: 9)
    let some = due(&index, at: 30)
    #expect(none == [] && some == ["a", "a2", "b"])
    #expect(index.wakeAt == 50)
  }

  @Test func theStoreIsReadAheadAndAgainBeforeThatIsOver() {
    var index = ReminderIndex()
    let first = index.question(now: 0)
    let second = index.question(now: 0)
    #expect(first == ReminderIndex.Question(after: nil, before: ReminderIndex.horizon))
    #expect(second == nil, "one at a time")
    index.take([Wake(at: 5, kind: 1, entity: "a")])
    #expect(index.wakeAt == 5)
    let early = due(&index, at: 5)
    #expect(early == ["a"])
    let lookAt = ReminderIndex.horizon - ReminderIndex.lead
    #expect(index.wakeAt == lookAt)
    let soon = index.question(now: lookAt - 1)
    let then = index.question(now: lookAt)
    #expect(soon == nil)
    #expect(then?.before == lookAt + ReminderIndex.horizon)
    #expect(then?.after == Wake(at: ReminderIndex.horizon - 1, kind: .max, entity: ""))
  }

  @Test func aFullPageIsReadOnFromItsLast() {
    var index = ReminderIndex()
    _ = index.question(now: 0)
    let page = (0..<ReminderIndex.page).map { Wake(at: Int64($0 / 2), kind: 1, entity: "\($0)") }
    index.take(page)
    let next = index.question(now: 0)
    #expect(next?.after == page.last)
  }

  @Test func aStoreThatFailedIsAskedTheSameAgain() {
    var index = ReminderIndex()
    let first = index.question(now: 0)
    index.failed()
    let second = index.question(now: 0)
    #expect(first != nil && first == second)
  }

  /// What a checkpoint has stored and is due late leaves memory; the store gives it back in time.
  @Test func whatSnapshotsSayIsForgottenUntilItIsNear() {
    var index = ReminderIndex()
    _ = index.question(now: 0)
    index.take([])
    let late = ReminderIndex.horizon * 3
    index.add(at: late, kind: 1, entity: "late")
    index.add(at: 100, kind: 1, entity: "soon")
    let captured = index.sequence
    index.add(at: late, kind: 1, entity: "set since")
    index.stored(upTo: captured)
    #expect(index.count == 2, "the one that is near, and the one that the checkpoint does not have")
  }

  /// A page that was asked for before the snapshots were written may not have them: what it would cover stays.
  @Test func whatAPageUnderWayCoversStays() {
    var index = ReminderIndex()
    _ = index.question(now: 0)
    index.add(at: ReminderIndex.horizon - 1, kind: 1, entity: "a")
    index.stored(upTo: index.sequence)
    index.take([])
    #expect(index.count == 1)
  }
}

@Suite struct BinaryHeapTests {
  @Test(arguments: 1...8) func itSorts(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var heap = BinaryHeap<Int>(isBefore: <)
    var plain: [Int] = []
    for _ in 0..<300 {
      let number = Int.random(in: 0..<100, using: &random)
      heap.insert(number)
      plain.append(number)
    }
    heap.removeAll { $0.isMultiple(of: 3) }
    plain.removeAll { $0.isMultiple(of: 3) }
    var sorted: [Int] = []
    while heap.first != nil { sorted.append(heap.removeFirst()) }
    #expect(sorted == plain.sorted())
  }
}

@Suite struct LatePaceTests {
  @Test func aBurstThenTheRate() {
    var pace = LatePace()
    func taken(at milliseconds: Int64) -> Int {
      var count = 0
      while pace.take(now: Instant(nanoseconds: milliseconds * 1_000_000)) { count += 1 }
      return count
    }
    let counts = [taken(at: 0), taken(at: 0), taken(at: 10), taken(at: 60_000)]
    #expect(counts == [LatePace.burst, 0, LatePace.rate / 100, LatePace.burst])
  }
}

@Suite struct ReminderBookTests {
  private func reminder(_ name: String, _ due: Int64) -> Reminder { Reminder(name: name, due: due, method: 1, arguments: []) }

  @Test func oneThatFailedStandsAgainLater() {
    let book = ReminderBook()
    _ = book.take(.set(reminder("a", 10)))
    #expect(book.due(at: 9) == nil && book.due(at: 10)?.name == "a")
    for times in 0..<30 {
      book.fires("a")
      #expect(book.isEmpty)
      book.failed(reminder("a", 10), before: times, now: 1_000, jitter: 0)
      #expect(book.wake == 10, "a restart forgets that it failed")
    }
    let next = book.next
    #expect(next == 1_801_000, "half of the longest pause")
    #expect(book.takeChanges() == [.set(reminder("a", 10))], "failing is no change of the log")
  }

  @Test func theLogRebuildsIt() {
    let book = ReminderBook()
    func turn(fired: String? = nil, _ changes: [ReminderChange]) -> TurnRecord {
      TurnRecord(
        call: CallID(caller: 0, sequence: 0), method: 0, argumentsHash: 0, status: 0, reply: [], events: [], wallTime: 0, isDelete: false,
        fired: fired, reminders: changes)
    }
    book.replay(turn([.set(reminder("a", 10)), .set(reminder("b", 20))]))
    book.replay(turn(fired: "a", [.set(reminder("a", 30)), .cancelled("b")]))
    #expect(Array(book.pending) == [reminder("a", 30)])
    book.replay(turn(fired: "a", []))
    #expect(book.isEmpty)
  }
}
