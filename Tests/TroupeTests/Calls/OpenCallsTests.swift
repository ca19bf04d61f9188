// The lowest unanswered call of a caller, whatever order the answers come in.
import Testing
import TroupeNet

@testable import Troupe

@Suite struct OpenCallsTests {
  @Test func theLowestMovesOverAnswersOutOfOrder() {
    var calls = OpenCalls()
    let (first, second, third) = (calls.open(), calls.open(), calls.open())
    #expect([first, second, third] == [1, 2, 3] && calls.lowest == 1)
    calls.close(second)
    #expect(calls.lowest == 1)
    calls.close(first)
    #expect(calls.lowest == 3)
    calls.close(third)
    let fourth = calls.open()
    #expect(calls.lowest == 4 && fourth == 4)
  }

  @Test(arguments: 1...20) func itAgreesWithASet(seed: UInt64) {
    var random = TroupeNet.SeededRandom(seed: seed)
    var calls = OpenCalls()
    var open: [UInt64] = []
    var last: UInt64 = 0
    for _ in 0..<1_000 {
      if open.isEmpty || random.next() % 2 == 0 {
        last = calls.open()
        open.append(last)
      } else {
        calls.close(open.remove(at: Int(random.next() % UInt64(open.count))))
      }
      #expect(calls.lowest == open.min() ?? last + 1)
    }
  }
}
