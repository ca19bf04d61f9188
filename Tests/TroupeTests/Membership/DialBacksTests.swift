// How many newcomers a member dials back, and that each is dialled once however often it greets.
import Testing

@testable import Troupe

@Suite struct DialBacksTests {
  private static func name(_ id: NodeID, _ incarnation: UInt64 = 1) -> IncarnationName { IncarnationName(id, Incarnation(incarnation)) }
  private static func at(_ seconds: Int64) -> Moment { Moment(nanoseconds: seconds * 1_000_000_000) }

  @Test func greetingsOfOneWaitForOneAnswer() {
    var dials = DialBacks()
    #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(0)) == .begins)
    for _ in 1..<DialBacks.greetings { #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(1)) == .waits) }
    #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(1)) == .full)
    #expect(dials.ended(Self.name("n2"), isReached: false, now: Self.at(2)).count == DialBacks.greetings)
    #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(2)) == .begins, "it was not reached, and is dialled anew")
  }

  @Test func whoWasReachedIsAnsweredAtOnceForAWhile() {
    var dials = DialBacks()
    #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(0)) == .begins)
    #expect(dials.ended(Self.name("n2"), isReached: true, now: Self.at(1)).count == 1)
    #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(10)) == .reached)
    #expect(dials.admit(Self.name("n2", 2), { _ in }, now: Self.at(10)) == .begins, "its next process is another")
    #expect(dials.admit(Self.name("n2"), { _ in }, now: Self.at(11)) == .begins)
  }

  @Test func pastSixteenNewcomersOthersComeLater() {
    var dials = DialBacks()
    for number in 0..<DialBacks.newcomers {
      #expect(dials.admit(Self.name(NodeID("n\(number)")), { _ in }, now: Self.at(0)) == .begins)
    }
    #expect(dials.admit(Self.name("late"), { _ in }, now: Self.at(0)) == .full)
    _ = dials.ended(Self.name("n3"), isReached: false, now: Self.at(1))
    #expect(dials.admit(Self.name("late"), { _ in }, now: Self.at(1)) == .begins)
  }
}
