// What has come ahead of shards: used once and for its own transfer, bounded, forgotten in time.
import Testing
import TroupeCluster
import TroupeJournal

@testable import Troupe

@Suite struct ArrivalsTests {
  private let start = Instant(nanoseconds: 0)

  private func part(_ shard: Int, _ transfer: UInt64, _ name: String, size: Int = 1) -> CarriedStates {
    CarriedStates(
      shard: shard, transfer: transfer,
      states: [CarriedState(entity: EntityName(kind: 1, id: name), state: [UInt8](repeating: 7, count: size))])
  }

  private func add(_ part: CarriedStates, to arrivals: inout Arrivals) -> Bool { arrivals.add(part, now: start) }

  @Test func partsOfATransferAddUp() {
    var arrivals = Arrivals()
    let step1 = add(part(3, 9, "a"), to: &arrivals); #expect(step1)
    let step2 = add(part(3, 9, "b"), to: &arrivals); #expect(step2)
    let states = arrivals.takeCarried(of: 3, by: 9)
    #expect(states?.keys.map(\.entity).sorted() == ["a", "b"])
    let again = arrivals.takeCarried(of: 3, by: 9)
    #expect(again == nil)
  }

  @Test func anotherTransferReplacesTheFirst() {
    var arrivals = Arrivals()
    _ = arrivals.add(part(3, 9, "a"), now: start)
    _ = arrivals.add(part(3, 10, "b"), now: start)
    let states = arrivals.takeCarried(of: 3, by: 10)
    #expect(states?.keys.map(\.entity) == ["b"])
  }

  @Test(arguments: [TransferID(10), nil]) func whatCameWithAnotherTransferIsDropped(_ transfer: TransferID?) {
    var arrivals = Arrivals()
    _ = arrivals.add(part(3, 9, "a"), now: start)
    let states = arrivals.takeCarried(of: 3, by: transfer)
    #expect(states == nil && arrivals.carried.isEmpty)
  }

  @Test func itIsBoundedInBytesAndInShards() {
    var arrivals = Arrivals()
    let whole = Arrivals.byteLimit / 8
    for shard in 0..<7 { let step3 = add(part(shard, 1, "", size: whole), to: &arrivals); #expect(step3) }
    let step4 = add(part(7, 1, "x", size: whole), to: &arrivals); #expect(!step4)
    _ = arrivals.takeCarried(of: 0, by: 1)
    let step5 = add(part(7, 1, "x", size: whole), to: &arrivals); #expect(step5, "what was taken makes room")
    var many = Arrivals()
    for shard in 0..<Arrivals.shardLimit { let step6 = add(part(shard, 1, "a"), to: &many); #expect(step6) }
    let step7 = add(part(Arrivals.shardLimit, 1, "a"), to: &many); #expect(!step7)
    let step8 = add(part(0, 1, "b"), to: &many); #expect(step8, "more of what is there")
  }

  @Test func itIsForgottenWhenTheShardDoesNotCome() {
    var arrivals = Arrivals()
    _ = arrivals.add(part(3, 9, "a", size: 1_000), now: start)
    let step9 = begins(&arrivals); #expect(step9)
    arrivals.endReadAhead(of: 4, ahead(0, 2))
    arrivals.forget(before: start)
    #expect(arrivals.carried.count == 1 && arrivals.readAheads.count == 1)
    arrivals.forget(before: start + .nanoseconds(1))
    #expect(arrivals.carried.isEmpty && arrivals.readAheads.isEmpty)
    let step10 = add(part(3, 9, "a", size: Arrivals.byteLimit - 1), to: &arrivals); #expect(step10, "and its bytes with it")
  }

  private func begins(_ arrivals: inout Arrivals) -> Bool { arrivals.beginsReadAhead() }

  @Test func readsUnderWayCount() {
    var arrivals = Arrivals()
    for _ in 0..<Arrivals.shardLimit { let step11 = begins(&arrivals); #expect(step11) }
    let step12 = begins(&arrivals); #expect(!step12)
    arrivals.endReadAhead(of: 1, nil)
    let step13 = begins(&arrivals); #expect(step13)
  }

  private func ahead(_ floor: UInt64, _ end: UInt64) -> ReadAhead {
    ReadAhead(floor: Offset(floor), end: Offset(end), records: [], snapshots: [:], readAt: start)
  }

  @Test(arguments: [(0, 2, true), (1, 2, false), (0, 1, false)]) func whatWasReadCountsForItsFloorAlone(
    _ floor: UInt64, _ end: UInt64, _ counts: Bool
  ) {
    var arrivals = Arrivals()
    let step14 = begins(&arrivals); #expect(step14)
    arrivals.endReadAhead(of: 4, ahead(0, 2))
    var head = Head.empty
    (head.end, head.floor) = (Offset(end), Offset(floor))
    let taken = arrivals.takeReadAhead(of: 4, at: head)
    #expect((taken != nil) == counts && arrivals.readAheads.isEmpty)
  }
}
