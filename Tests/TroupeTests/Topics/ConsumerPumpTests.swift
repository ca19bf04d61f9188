// One group's way through one shard's log as a dialogue: what the world says, and what the pump asks for.
import Testing

@testable import Troupe

@Suite struct ConsumerPumpTests {
  private static func record(_ offset: UInt64) -> StoredRecord {
    StoredRecord(
      offset: Offset(offset), kind: 1, entity: "a",
      turn: TurnRecord(
        call: CallID(caller: 1, sequence: offset), method: 1, argumentsHash: 0, status: 0, reply: [], events: [[1]], wallTime: 0,
        isDelete: false))
  }

  private static func policy(attempts: Int = 3, batch: Int = 4) -> ConsumerPolicy {
    var policy = ConsumerPolicy()
    policy.attempts = attempts
    policy.batch = batch
    return policy
  }

  /// A pump that waits for a batch of these offsets.
  private static func fetching(_ policy: ConsumerPolicy = policy(), end: UInt64 = 10) -> ConsumerPump {
    var pump = ConsumerPump(policy, seed: 1)
    _ = pump.handle(.grew(to: Offset(end)))
    _ = pump.handle(.started(at: Offset(0)))
    return pump
  }

  private func pauses(_ effects: [ConsumerPump.Effect]) -> [Duration] {
    effects.compactMap { if case .pause(let pause) = $0 { pause } else { nil } }
  }

  @Test func itTakesPageAfterPageUntilItHasEverything() {
    var pump = ConsumerPump(Self.policy(), seed: 1)
    let beforeStart = pump.handle(.grew(to: Offset(6)))
    #expect(beforeStart == [])
    let start = pump.handle(.started(at: Offset(2)))
    #expect(start == [.fetch(from: Offset(2), limit: 4)] && pump.lag == 4)
    let records = [Self.record(2), Self.record(4)]
    let page = pump.handle(.fetched(records, upTo: Offset(6)))
    #expect(page == [.deliver(records, attempt: 1)])
    let meanwhile = pump.handle(.grew(to: Offset(8)))
    #expect(meanwhile == [])
    let taken = pump.handle(.delivered)
    #expect(taken == [.commit(Offset(6)), .fetch(from: Offset(6), limit: 4)])
    let nothing = pump.handle(.fetched([], upTo: Offset(8)))
    #expect(nothing == [.commit(Offset(8))] && pump.phase == .idle && pump.lag == 0)
    let more = pump.handle(.grew(to: Offset(9)))
    #expect(more == [.fetch(from: Offset(8), limit: 4)])
  }

  @Test func aBatchThatFailsComesAgainARecordAtATime() {
    var pump = Self.fetching()
    let (first, second) = (Self.record(0), Self.record(3))
    _ = pump.handle(.fetched([first, second], upTo: Offset(10)))
    let again = pump.handle(.failed("no"))
    #expect(again == [.deliver([first], attempt: 1)] && pump.trouble == "no")
    let next = pump.handle(.delivered)
    #expect(next == [.commit(Offset(1)), .deliver([second], attempt: 1)] && pump.trouble == nil)
    let end = pump.handle(.delivered)
    #expect(end == [.commit(Offset(10))] && pump.delivered == 2 && pump.failures == 1)
  }

  @Test func oneThatFailsTooOftenIsBuriedAndTheNextOnesGoOn() {
    var pump = Self.fetching()
    let (bad, good) = (Self.record(0), Self.record(1))
    _ = pump.handle(.fetched([bad, good], upTo: Offset(10)))
    _ = pump.handle(.failed("1"))
    let first = pauses(pump.handle(.failed("2")))
    #expect(first.count == 1 && first[0] >= .milliseconds(50) && first[0] < .milliseconds(100))
    let second = pump.handle(.pauseEnded)
    #expect(second == [.deliver([bad], attempt: 2)])
    let longer = pauses(pump.handle(.failed("3")))
    #expect(longer.count == 1 && longer[0] >= .milliseconds(100) && longer[0] < .milliseconds(200))
    let third = pump.handle(.pauseEnded)
    #expect(third == [.deliver([bad], attempt: 3)])
    let burial = pump.handle(.failed("4"))
    #expect(burial == [.bury(bad, attempts: 3, error: "4")])
    let goOn = pump.handle(.buried)
    #expect(goOn == [.commit(Offset(1)), .deliver([good], attempt: 1)] && pump.deadLetters == 1)
  }

  @Test func whatCannotBeBuriedStopsItUntilItCan() {
    var pump = Self.fetching(Self.policy(attempts: 1))
    _ = pump.handle(.fetched([Self.record(0)], upTo: Offset(10)))
    _ = pump.handle(.failed("no"))
    let full = pump.handle(.notBuried("full"))
    #expect(full == [.pause(.seconds(30))] && pump.trouble == "its dead letters cannot be kept: full")
    let again = pump.handle(.pauseEnded)
    guard case .bury? = again.first else { return #expect(Bool(false), "\(again)") }
  }

  @Test func aConsumerThatCanTakeNothingIsAskedAgainForEver() {
    var pump = Self.fetching(Self.policy(attempts: 2))
    let (first, second) = (Self.record(0), Self.record(1))
    _ = pump.handle(.fetched([first, second], upTo: Offset(10)))
    var last: Duration = .zero
    for _ in 0..<30 {
      let pause = pauses(pump.handle(.held("the database is away")))
      #expect(pause.count == 1 && pump.trouble == "the database is away")
      last = pause.first ?? .zero
      let again = pump.handle(.pauseEnded)
      #expect(again == [.deliver([first, second], attempt: 1)], "all of it, and as the first time")
    }
    #expect(last >= .seconds(15) && pump.deadLetters == 0)
    let taken = pump.handle(.delivered)
    #expect(taken == [.commit(Offset(10))] && pump.trouble == nil)
  }

  @Test func ofABatchThatWasTakenInPartOnlyTheRestComesAgain() {
    var pump = Self.fetching()
    let records = (0..<4).map { Self.record($0) }
    _ = pump.handle(.fetched(records, upTo: Offset(10)))
    let again = pump.handle(.partly(left: [Offset(1), Offset(3)], "no", isHeld: false))
    #expect(again == [.deliver([records[1]], attempt: 1)] && pump.delivered == 2)
    let next = pump.handle(.delivered)
    #expect(next == [.commit(Offset(2)), .deliver([records[3]], attempt: 1)])
    let end = pump.handle(.delivered)
    #expect(end == [.commit(Offset(10))] && pump.delivered == 4)

    var held = Self.fetching()
    _ = held.handle(.fetched(records, upTo: Offset(10)))
    let pause = pauses(held.handle(.partly(left: [Offset(2)], "busy", isHeld: true)))
    #expect(pause.count == 1)
    let rest = held.handle(.pauseEnded)
    #expect(rest == [.deliver([records[2]], attempt: 1)])
    let all = held.handle(.delivered)
    #expect(all == [.commit(Offset(10))] && held.delivered == 4)
  }

  @Test func aStoreThatIsAwayIsAskedAgain() {
    var pump = Self.fetching()
    let pause = pump.handle(.fetchFailed)
    #expect(pause == [.pause(.milliseconds(100))])
    let again = pump.handle(.pauseEnded)
    #expect(again == [.fetch(from: Offset(0), limit: 4)])
  }

  @Test func oneThatIsCutOffStandsStillByName() {
    var pump = Self.fetching()
    let effects = pump.handle(.cutOff(Offset(7)))
    #expect(effects == [] && pump.phase == .cutOff(Offset(7)))
    #expect(pump.trouble == "the log begins at 7, and the group stands at 0")
    let more = pump.handle(.grew(to: Offset(20)))
    #expect(more == [])
  }
}

/// Where a group begins whose consumer keeps its own place.
@Suite struct ConsumerStartTests {
  private static func noted(_ generation: UInt32, _ offset: UInt64) -> ConsumerOffset {
    ConsumerOffset(group: "g", generation: generation, offset: Offset(offset))
  }

  @Test(
    arguments: [
      (nil, nil, 0, 7),  // new everywhere
      (nil, (2, 90), 3, 7),  // a database that is new
      ((1, 50), nil, 1, 50),
      ((1, 50), (1, 90), 1, 90),  // behind its place stood nothing for it
      ((1, 90), (1, 50), 1, 90),  // the note was not written any more
      ((1, 90), (2, 10), 2, 10),  // somebody let it begin anew
      ((3, 10), (2, 90), 3, 10),  // and the database had begun
    ] as [((UInt32, UInt64)?, (UInt32, UInt64)?, UInt32, UInt64)]) func itBeginsWhereBothAgree(
      place: (UInt32, UInt64)?, noted: (UInt32, UInt64)?, generation: UInt32, offset: UInt64
    )
  {
    let start = ConsumerStart(
      place: place.map { ConsumerPlace(generation: $0.0, offset: Offset($0.1)) }, noted: noted.map { Self.noted($0.0, $0.1) },
      first: Offset(7))
    #expect(start.generation == generation && start.offset == Offset(offset))
  }
}

@Suite struct RecentRecordsTests {
  private static func record(_ offset: UInt64, kind: UInt32 = 1, bytes: Int = 1) -> StoredRecord {
    StoredRecord(
      offset: Offset(offset), kind: kind, entity: "a",
      turn: TurnRecord(
        call: CallID(caller: 1, sequence: offset), method: 1, argumentsHash: 0, status: 0, reply: [],
        events: [[UInt8](repeating: 0, count: bytes)], wallTime: 0, isDelete: false))
  }

  @Test func aPageIsWhatIsWantedOfWhatIsDurable() throws {
    var recent = RecentRecords(from: Offset(5))
    for offset in [5, 6, 9, 12] as [UInt64] { recent.append(Self.record(offset, kind: UInt32(offset % 2))) }
    let odd = try #require(recent.page(from: Offset(5), to: Offset(12), limit: 9) { $0.kind == 1 })
    #expect(odd.records.map(\.offset.value) == [5, 9] && odd.upTo == Offset(12))
    let short = try #require(recent.page(from: Offset(6), to: Offset(20), limit: 1) { _ in true })
    #expect(short.records.map(\.offset.value) == [6] && short.upTo == Offset(9))
    let none = try #require(recent.page(from: Offset(20), to: Offset(20), limit: 1) { _ in true })
    #expect(none.records.isEmpty && none.upTo == Offset(20))
    #expect(recent.page(from: Offset(4), to: Offset(20), limit: 1) { _ in true } == nil, "older ones are the store's")
  }

  @Test func itIsBoundedInRecordsAndInBytes() {
    var recent = RecentRecords(from: Offset(0))
    for offset in 0..<UInt64(RecentRecords.limit + 100) { recent.append(Self.record(offset)) }
    #expect(recent.start == Offset(100))
    recent.append(Self.record(9_000, bytes: RecentRecords.byteLimit))
    #expect(recent.start == Offset(UInt64(RecentRecords.limit + 100)))
    recent.forget(before: Offset(9_001))
    let empty = recent.page(from: Offset(9_001), to: Offset(9_002), limit: 9) { _ in true }
    #expect(empty?.records.isEmpty == true)
  }
}
