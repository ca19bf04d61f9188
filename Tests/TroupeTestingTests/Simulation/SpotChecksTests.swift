// What the judge of counters in memory complains of, and what it leaves alone.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct SpotChecksTests {
  private func complaints(_ history: [Operation]) -> [String] { SpotChecks.complaints("spot", history.numbered) }

  /// Whether there is one complaint, and it begins like this.
  private func complainsOnce(_ history: [Operation], _ beginning: String) -> Bool {
    let all = complaints(history)
    return all.count == 1 && all[0].hasPrefix("spot: " + beginning)
  }

  @Test func oneLifeCounts() {
    #expect(complaints([]) == [])
    #expect(complaints([.touch(0...1, life: 5, times: 1), .touch(2...3, life: 5, times: 2), .touch(4...5, life: 5, times: 3)]) == [])
    // What overlaps may be counted in either order.
    #expect(complaints([.touch(0...3, life: 5, times: 2), .touch(1...4, life: 5, times: 1)]) == [])
    // It meets the other one at an instant.
    #expect(complaints([.touch(0...1, life: 5, times: 2), .touch(1...2, life: 5, times: 1)]) == [])
  }

  @Test func aLifeMayEnd() {
    #expect(complaints([.touch(0...1, life: 5, times: 1), .touch(2...3, life: 5, times: 2), .touch(4...5, life: 9, times: 1)]) == [])
  }

  @Test func whatHasNoAnswerSaysNothing() {
    #expect(complaints([.touch(0...1, .unknown), .touch(2...3, life: 5, times: 2), .touch(4...5, .failed)]) == [])
  }

  @Test func noTwoTouchesAreTheSameOne() {
    #expect(complainsOnce([.touch(0...2, life: 5, times: 1), .touch(1...3, life: 5, times: 1)], "two touches were the same one: "))
    // Of two lives they are two.
    #expect(complaints([.touch(0...1, life: 5, times: 1), .touch(2...3, life: 9, times: 1)]) == [])
  }

  @Test func nothingIsCountedBeforeItsTime() {
    let history: [Operation] = [.touch(0...1, life: 5, times: 2), .touch(2...3, life: 5, times: 1)]
    #expect(complainsOnce(history, "counted before it was over: 0 process 0 touch(it)"))
    // The one that it comes behind need not be its neighbour.
    let apart: [Operation] = [.touch(0...1, life: 5, times: 3), .touch(9...12, life: 5, times: 2), .touch(10...11, life: 5, times: 1)]
    #expect(complainsOnce(apart, "counted before it was over: 0 process 0 touch(it)"))
  }

  @Test func anEarlierLifeDoesNotAnswerOnceALaterOneHas() {
    let history: [Operation] = [.touch(0...1, life: 5, times: 1), .touch(2...3, life: 9, times: 1), .touch(4...5, life: 5, times: 2)]
    #expect(complainsOnce(history, "an earlier life answered once a later one had: 0 process 0 touch(it)"))
    let again = history + [.touch(6...7, life: 9, times: 2)]
    #expect(complaints(again).count == 2)
  }

  @Test func livesMayOverlapWhereNobodyCanTellTheirOrder() {
    #expect(complaints([.touch(0...1, life: 5, times: 1), .touch(2...4, life: 9, times: 1), .touch(3...5, life: 5, times: 2)]) == [])
    #expect(complaints([.touch(0...1, life: 5, times: 1), .touch(1...3, life: 9, times: 1), .touch(4...5, life: 5, times: 2)]) == [])
    // The other life's answer comes at the instant of the next call.
    #expect(complaints([.touch(0...1, life: 5, times: 1), .touch(2...4, life: 9, times: 1), .touch(4...5, life: 5, times: 2)]) == [])
  }
}
