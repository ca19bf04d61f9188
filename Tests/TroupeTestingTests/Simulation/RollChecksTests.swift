// What the judge of lists complains of, and what it leaves alone.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct RollChecksTests {
  private func complaints(_ history: [Operation], list: [Int]) -> [String] {
    RollChecks.complaints("roll", history.numbered, list: list)
  }

  /// The only complaint, without the operation that it names.
  private func complaint(_ history: [Operation], list: [Int]) -> String? {
    let all = complaints(history, list: list)
    return all.count == 1 ? all[0] : nil
  }

  @Test func aListAsItWasAnsweredIsInOrder() {
    #expect(complaints([], list: []) == [])
    let history: [Operation] = [
      .count(0...1, saw: 0), .add(7, 2...3, at: 1), .count(4...5, saw: 1), .add(8, 6...7, at: 2), .add(9, 8...9, at: 3),
      .count(10...11, saw: 3),
    ]
    #expect(complaints(history, list: [7, 8, 9]) == [])
  }

  @Test func whatOverlapsMayBeCountedOrNot() {
    #expect(complaints([.add(7, 0...2, at: 1), .count(1...3, saw: 0)], list: [7]) == [])
    #expect(complaints([.add(7, 0...2, at: 1), .count(1...3, saw: 1)], list: [7]) == [])
    #expect(complaints([.add(7, 0...5, at: 2), .add(8, 0...5, at: 1)], list: [8, 7]) == [])
    // It meets the other one at an instant.
    #expect(complaints([.add(7, 0...2, at: 1), .count(2...3, saw: 0)], list: [7]) == [])
  }

  @Test func whatIsUnknownMayStandThereOrNot() {
    let history: [Operation] = [.add(7, 0...1, .unknown), .add(8, 2...3, at: 1)]
    #expect(complaints(history, list: [8]) == [])
    #expect(complaints(history, list: [8, 7]) == [])
  }

  @Test func whatFailedDoesNotStandThere() {
    #expect(complaints([.add(7, 0...1, .failed)], list: []) == [])
    let complaint = complaint([.add(7, 0...1, .failed)], list: [7])
    #expect(complaint?.hasPrefix("roll: took effect although it failed: 0 process 0 add(it, 7)") == true)
  }

  @Test func whatWasAcknowledgedStandsThere() {
    let complaint = complaint([.add(7, 0...1, at: 1)], list: [])
    #expect(complaint?.hasPrefix("roll: acknowledged and gone: 0 process 0 add(it, 7)") == true)
  }

  @Test func nothingStandsThereTwice() {
    #expect(complaint([.add(7, 0...1, at: 1)], list: [7, 7]) == "roll: something was added twice: [7, 7]")
    #expect(complaint([.add(7, 0...1, .unknown)], list: [7, 7]) == "roll: something was added twice: [7, 7]")
  }

  @Test func nothingStandsThereThatNobodyAdded() {
    #expect(complaint([.add(7, 0...1, at: 1)], list: [7, 9]) == "roll: 9 was never added")
  }

  @Test func eachStandsWhereItsAnswerSaid() {
    let complaint = complaint([.add(7, 0...5, at: 2), .add(8, 0...5, at: 2)], list: [7, 8])
    #expect(complaint?.hasPrefix("roll: stands at 1, its answer said otherwise: 0 process 0 add(it, 7)") == true)
  }

  @Test func nobodySeesLessThanOthersHadSeen() {
    let fewer = complaint([.add(7, 0...1, at: 1), .count(2...3, saw: 0)], list: [7])
    #expect(fewer?.hasPrefix("roll: answers less than the 1 that others had seen before: 1 process 1 count(it)") == true)
    let counted = complaint([.add(7, 0...1, .unknown), .count(2...3, saw: 1), .count(4...5, saw: 0)], list: [7])
    #expect(counted?.hasPrefix("roll: answers less than the 1 that others had seen before: 2 process 2 count(it)") == true)
  }

  @Test func nobodyIsAddedWhereOthersHadSeenSomebody() {
    let history: [Operation] = [.add(7, 0...1, at: 1), .count(2...3, saw: 2), .add(9, 4...5, at: 2)]
    let complaint = complaint(history, list: [7, 9])
    #expect(complaint?.hasPrefix("roll: answers less than the 2 that others had seen before: 2 process 2 add(it, 9)") == true)
  }
}
