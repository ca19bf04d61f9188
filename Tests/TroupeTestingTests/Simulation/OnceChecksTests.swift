// What the judge of effects complains of, and what it leaves alone.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct OnceChecksTests {
  private static let history = [Operation.set(1, .ok), .set(2, .failed), .set(3, .unknown), .set(4, .unknown)].numbered

  private func complaints(_ happened: [Int]) -> [String] { OnceChecks.complaints("it", Self.history, happened: happened) }

  @Test func whatWasAcknowledgedHappenedAndTheUnknownMay() {
    #expect(complaints([1]) == [] && complaints([4, 1]) == [])
  }

  @Test func whatIsWrongIsSaid() {
    #expect(complaints([3]).map { $0.prefix(40) } == ["it: acknowledged and never happened: 0 p"])
    #expect(complaints([1, 2]).map { $0.prefix(33) } == ["it: happened although it failed: "])
    #expect(complaints([1, 3, 3, 3]) == ["it: 3 happened 3 times"])
    #expect(complaints([1, 9]) == ["it: 9 happened and nobody asked for it"])
  }
}

@Suite struct OngoingWorkloadTests {
  private func history(_ name: String, _ numbers: [Int]) -> History {
    let history = History(SimulatedWorld(seed: 1))
    for number in numbers { history.end(history.begin(name, "purses", number, process: 1), .ok) }
    return history
  }

  private func transfers(_ numbers: [Int], _ moves: [Int]) -> [String] {
    let remains = SimulationRemains()
    remains["purses"] = moves
    return TransferWorkload().check(history("transfer", numbers), remains)
  }

  @Test func transfersAreWholeOrNotThere() {
    #expect(transfers([1, 2, 5], [1, -1, 2, 1, 1, 1, 2, -1]) == [], "the fifth was undone")
    #expect(transfers([1], [1, -1]) == ["purses: of transfer 1 there is [-1]"])
    #expect(transfers([1], [1, -1, 1, 1, 1, 1]) == ["purses: of transfer 1 there is [-1, 1, 1]"])
    #expect(transfers([5], [5, -1, 5, 1]) == ["purses: 5 was not undone"])
    #expect(transfers([1], []).count == 1 && transfers([5], []) == [])
  }

  @Test func copiesAreLikeWhatTheyCopy() {
    let remains = SimulationRemains()
    (remains["purses"], remains["copy of purses"]) = ([1, 2], [2, 1])
    #expect(NoteWorkload().check(history("note", [1, 2]), remains) == ["purses: consumers heard [2, 1], and [1, 2] was noted"])
    remains["copy of purses"] = [1, 2]
    #expect(NoteWorkload().check(history("note", [1, 2]), remains) == [])
  }
}
