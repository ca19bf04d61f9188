// The machine that decides which calls are written down first, and which entities are left alone.
import Testing
import Troupe

@testable import Troupe

@Suite struct SuspectsTests {
  private let key = Shard.TailKey(kind: 7, entity: "a")
  private let start = WallTime(milliseconds: 1_000_000)
  private let policy = QuarantinePolicy(firstPause: .seconds(60))
  private let us = WriterID(1)
  private let dead = WriterID(2)

  private func beginning(_ sequence: UInt64, _ method: UInt64 = 5, by writer: WriterID? = nil, at seconds: Int64 = 0) -> Beginning {
    Beginning(
      call: CallID(caller: 9, sequence: sequence), method: method, writer: writer ?? dead, wallTime: start.milliseconds + seconds * 1_000)
  }

  private func record(_ attempts: [Beginning], entity: String = "a") -> StoredRecord {
    StoredRecord(offset: Offset(0), kind: 7, entity: entity, turn: TurnRecord(attempts: attempts, wallTime: start.milliseconds))
  }

  private func turn(_ sequence: UInt64) -> StoredRecord {
    StoredRecord(
      offset: Offset(1), kind: 7, entity: "a",
      turn: TurnRecord(
        call: CallID(caller: 9, sequence: sequence), method: 5, argumentsHash: 0, status: 0, reply: [], events: [[1]], wallTime: 0,
        isDelete: false))
  }

  private func after(_ seconds: Int64) -> WallTime { WallTime(milliseconds: start.milliseconds + seconds * 1_000) }

  @Test func nothingIsSuspectAtFirst() {
    let suspects = Suspects(policy)
    #expect(suspects.verdict(on: key, 5, isOrphan: false, now: start) == .free)
    #expect(suspects.verdict(on: key, 5, isOrphan: true, now: start) == .attempt)
    #expect(Suspects(in: [turn(1)], of: us, now: start, policy) == nil)
  }

  @Test func othersWaitUntilItIsWritten() {
    var suspects = Suspects(policy)
    let mine = beginning(1, by: us)
    let said = suspects.begin(mine, of: key)
    #expect(said == [mine])
    #expect(suspects.verdict(on: key, 6, isOrphan: false, now: start) == .waits)
    #expect(suspects.verdict(on: key, 6, isOrphan: true, now: start) == .attempt, "written behind it, and so begun behind it")
    #expect(suspects.verdict(on: .init(kind: 7, entity: "b"), 6, isOrphan: false, now: start) == .free)
    suspects.written(key)
    #expect(suspects.verdict(on: key, 6, isOrphan: false, now: start) == .free)
    let (left, again) = (suspects.ended(mine, of: key, hasRun: true), suspects.ended(mine, of: key, hasRun: true))
    #expect(left == [])
    #expect(again == nil, "once")
    #expect(suspects.entries.isEmpty)
  }

  @Test func whatNeverEndedIsLeftAlone() throws {
    let suspects = try #require(Suspects(in: [record([beginning(1)])], of: us, now: start, policy))
    #expect(
      suspects.verdict(on: key, 6, isOrphan: false, now: after(59)) == .quarantined(beginning(1), deaths: 1, until: after(60)))
    #expect(suspects.verdict(on: key, 6, isOrphan: false, now: after(60)) == .free)
    #expect(suspects.verdict(on: key, 5, isOrphan: false, now: after(60)) == .attempt, "the method that it died of")
    #expect(Suspects(in: [record([beginning(1)])], of: us, now: after(24 * 3_600 + 1), policy) == nil, "a day later it is as any other")
  }

  @Test func whatEndedIsNot() {
    #expect(Suspects(in: [record([beginning(1)]), record([])], of: us, now: start, policy) == nil)
    #expect(Suspects(in: [record([beginning(1)]), turn(1)], of: us, now: start, policy) == nil, "its turn is there")
    #expect(Suspects(in: [record([beginning(1)]), turn(2)], of: us, now: start, policy) != nil, "another's is not")
    let alive = Suspects(in: [record([beginning(1, by: us)])], of: us, now: start, policy)
    #expect(alive?.entries.isEmpty == true, "this process lives")
    #expect(alive?.overstated == [key], "and the log need not say it any more")
  }

  /// Its turn went to the disk with the note of the next one, which then ended the process.
  @Test func theEndOfOneSaysNothingOfAnotherThatWasUnderWay() throws {
    let records = [record([beginning(1)]), record([beginning(1), beginning(2)]), turn(1)]
    let suspects = try #require(Suspects(in: records, of: us, now: start, policy))
    #expect(suspects.entries[key]?.unfinished == [beginning(2)])
  }

  @Test func eachDeathMakesItLonger() throws {
    let pauses = (1...6).map { policy.pause(after: $0) }
    #expect(pauses == [.seconds(60), .seconds(480), .seconds(3_840), .seconds(21_600), .seconds(21_600), .seconds(21_600)])
    let both = [beginning(1), beginning(2, by: WriterID(3), at: 60)]
    let suspects = try #require(Suspects(in: [record(both)], of: us, now: after(60), policy))
    #expect(suspects.verdict(on: key, 6, isOrphan: false, now: after(539)) == .quarantined(both[1], deaths: 2, until: after(540)))
  }

  @Test func severalCallsUnderWayAreOneDeath() throws {
    let both = [beginning(1), beginning(2, 6)]
    let suspects = try #require(Suspects(in: [record(both)], of: us, now: start, policy))
    #expect(suspects.verdict(on: key, 7, isOrphan: false, now: after(59)) == .quarantined(both[1], deaths: 1, until: after(60)))
  }

  @Test func thePauseBeginsWhereItIsFoundWhateverOtherClocksSay() throws {
    let late = try #require(Suspects(in: [record([beginning(1)])], of: us, now: after(3_600), policy))
    #expect(late.verdict(on: key, 6, isOrphan: true, now: after(3_659)) == .quarantined(beginning(1), deaths: 1, until: after(3_660)))
    let ahead = try #require(Suspects(in: [record([beginning(1, at: 99_999)])], of: us, now: start, policy))
    #expect(ahead.verdict(on: key, 6, isOrphan: false, now: after(60)) == .free)
    #expect(ahead.entries[key]?.unfinished.first?.wallTime == start.milliseconds)
  }

  @Test func anAnswerWithoutARunTakesNothingBack() throws {
    var suspects = try #require(Suspects(in: [record([beginning(1)])], of: us, now: start, policy))
    let mine = beginning(3, by: us, at: 100)
    _ = suspects.begin(mine, of: key)
    let left = suspects.ended(mine, of: key, hasRun: false)
    #expect(left == [beginning(1)])
  }

  @Test func pastSixteenOfOneEntityTheyWaitInTheirOrder() throws {
    var suspects = Suspects(policy)
    let all = (0..<UInt64(Suspects.attemptLimit)).map { beginning($0, by: us) }
    for attempt in all {
      #expect(suspects.verdict(on: key, 5, isOrphan: true, now: start) == .attempt)
      _ = suspects.begin(attempt, of: key)
    }
    #expect(suspects.verdict(on: key, 5, isOrphan: true, now: start) == .waits)
    let calls = [true, false].map { isOrphan in parked(isOrphan: isOrphan) }
    for call in calls {
      let waits = suspects.wait(call, for: key)
      #expect(waits)
    }
    for _ in all { suspects.written(key) }
    let tooEarly = suspects.nextWaiting(of: key, now: start)
    #expect(tooEarly == nil, "none has ended")
    #expect(suspects.verdict(on: key, 6, isOrphan: false, now: start) == .waits, "who comes now comes behind them")
    _ = suspects.ended(all[0], of: key, hasRun: true)
    let first = suspects.nextWaiting(of: key, now: start)
    #expect(first?.call === calls[0] && first?.verdict == .attempt)
    _ = suspects.begin(beginning(99, by: us), of: key)
    let between = suspects.nextWaiting(of: key, now: start)
    #expect(between == nil)
    suspects.written(key)
    let second = suspects.nextWaiting(of: key, now: start)
    #expect(second?.call === calls[1] && second?.verdict == .free)
  }

  /// Found by simulated clusters with reminders: an owner that died with sixteen under way left an entity to which nobody came any more.
  @Test func whatTheLastOwnerHadUnderWayTakesNobodysPlace() throws {
    let many = (0..<UInt64(Suspects.attemptLimit)).map { beginning($0) } + [beginning(99, 6)]
    var suspects = try #require(Suspects(in: [record(many)], of: us, now: start, policy))
    #expect(suspects.entries[key]?.unfinished == [many[15], many[16]], "one death, of one of two methods")
    #expect(suspects.verdict(on: key, 5, isOrphan: true, now: after(60)) == .attempt)
    let mine = beginning(7, by: us, at: 60)
    let said = suspects.begin(mine, of: key)
    #expect(said == [many[15], many[16], mine])
    suspects.written(key)
    let left = suspects.ended(mine, of: key, hasRun: true)
    #expect(left == [many[16]])
    #expect(suspects.verdict(on: key, 6, isOrphan: false, now: after(60)) == .attempt)
    #expect(suspects.verdict(on: key, 5, isOrphan: false, now: after(60)) == .free)
  }

  @Test func whoseTimeIsUpWaitsNoLonger() {
    var suspects = Suspects(policy)
    _ = suspects.begin(beginning(1, by: us), of: key)
    let calls = [5, 9, 7].map { parked(isOrphan: false, until: Instant(nanoseconds: $0)) }
    for call in calls {
      let waits = suspects.wait(call, for: key)
      #expect(waits)
    }
    let expired = suspects.takeExpired(at: Instant(nanoseconds: 7))
    #expect(expired.count == 2 && expired[0] === calls[0] && expired[1] === calls[2])
    let again = suspects.takeExpired(at: Instant(nanoseconds: 7))
    #expect(again.isEmpty && suspects.entries[key]?.waiting.count == 1)
  }

  private func parked(isOrphan: Bool, until deadline: Instant = .distantFuture) -> ParkedCall {
    let facts = CallFacts(
      deadline: deadline, identity: nil, callers: nil, call: CallID(caller: 1, sequence: 1), lowestOpen: 0, trace: nil,
      isOrphan: isOrphan)
    return ParkedCall(
      kind: 7, entity: "a", hash: 0, method: 5, isQuery: false, arguments: [], facts: facts,
      sink: .waiter(ReplyWaiter(listener: ReplyListener())))
  }

  @Test func aGoodEndTakesBackWhatWasSaidOfItsMethod() throws {
    let others = [beginning(1), beginning(2, 6)]
    var suspects = try #require(Suspects(in: [record(others)], of: us, now: start, policy))
    let mine = beginning(3, by: us, at: 1_000)
    let (said, left) = (suspects.begin(mine, of: key), suspects.ended(mine, of: key, hasRun: true))
    #expect(said == others + [mine])
    #expect(left == [others[1]])
  }

  @Test func theOldIsForgotten() throws {
    var suspects = try #require(
      Suspects(in: [record([beginning(1)], entity: "b"), record([beginning(2, at: 7_200)])], of: us, now: after(7_200), policy))
    suspects.forget(after(24 * 3_600 + 1))
    #expect(suspects.inOrder.map(\.key) == [key])
    #expect(suspects.inOrder.map(\.entry.all) == [[beginning(2, at: 7_200)]])
  }

  @Test func thereAreNotManyAtOnce() {
    var suspects = Suspects(policy)
    for number in 0..<Suspects.limit { _ = suspects.begin(beginning(1, by: us), of: .init(kind: 7, entity: "\(number)")) }
    #expect(suspects.verdict(on: key, 5, isOrphan: true, now: start) == .full)
    #expect(suspects.verdict(on: key, 5, isOrphan: false, now: start) == .free)
  }

  @Test func theRecordIsReadBackAndOlderReadersSkipIt() throws {
    let turn = TurnRecord(attempts: [beginning(1), beginning(2)], wallTime: 5)
    #expect(try TurnRecord(wireBytes: turn.wireBytes) == turn)
    #expect(turn.call == CallID(caller: 0, sequence: 0), "an older reader remembers the answer of nobody's call")
  }
}
