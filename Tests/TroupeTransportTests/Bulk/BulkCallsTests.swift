// How many bulk calls the peer has at once: dialogues with the queue of a link.
import Testing

@testable import TroupeTransport

@Suite struct BulkCallsTests {
  private func frame(_ request: UInt32, _ bytes: Int = 100) -> BulkCalls.Frame {
    BulkCalls.Frame(request: request, kind: 1, entity: "a", identity: nil, bytes: [UInt8](repeating: 0, count: bytes))
  }

  private func expect(_ frame: BulkCalls.Frame?, is request: UInt32?, at place: SourceLocation = #_sourceLocation) {
    #expect(frame?.request == request, sourceLocation: place)
  }

  private func expect(_ said: Bool, is other: Bool, _ why: Comment? = nil, at place: SourceLocation = #_sourceLocation) {
    #expect(said == other, why, sourceLocation: place)
  }

  /// So many have left.
  private func full(_ count: Int = BulkLimits.calls) -> BulkCalls {
    var calls = BulkCalls()
    for request in 0..<UInt32(count) {
      #expect(!calls.isFull)
      calls.left(request, bytes: 100)
    }
    return calls
  }

  @Test func theNextOneWaitsUntilOneIsAnswered() {
    var calls = full()
    #expect(calls.isFull && !calls.isWaiting)
    calls.wait(frame(1_000))
    calls.wait(frame(1_001))
    expect(calls.take(), is: nil)
    expect(calls.ended(7), is: true, "others may leave now")
    expect(calls.take(), is: 1_000)
    calls.left(1_000, bytes: 100)
    expect(calls.take(), is: nil)
    expect(calls.ended(8), is: true)
    expect(calls.take(), is: 1_001)
  }

  @Test func whoComesWhileOthersWaitWaitsBehindThem() {
    var calls = full()
    calls.wait(frame(1_000))
    for request in 0..<UInt32(10) { _ = calls.ended(request) }
    #expect(calls.isFull, "there is room, and 1000 has it first")
    _ = calls.take()
    #expect(!calls.isFull)
  }

  @Test func bytesCountAsWellAndOneLargeCallMayLeaveAlone() {
    var calls = BulkCalls()
    calls.left(1, bytes: BulkLimits.bytes * 4)
    #expect(calls.isFull)
    calls.wait(frame(2))
    expect(calls.take(), is: nil)
    expect(calls.ended(1), is: true)
    expect(calls.take(), is: 2)
  }

  @Test func whatNobodyWantsAnyMoreNeverLeaves() {
    var calls = full()
    for request in UInt32(1_000)..<1_003 { calls.wait(frame(request)) }
    expect(calls.takeBack(1_001), is: true)
    expect(calls.takeBack(1_001), is: false, "once")
    expect(calls.takeBack(7), is: false, "what has left cannot be taken back")
    #expect(calls.unsentCalls == [1_000, 1_002])
    for request in 0..<UInt32(3) { _ = calls.ended(request) }
    expect(calls.take(), is: 1_000)
    expect(calls.take(), is: 1_002)
    expect(calls.take(), is: nil)
    #expect(calls.waitingBytes == 0)
  }

  @Test func answersToOthersChangeNothing() {
    var calls = full(3)
    expect(calls.ended(99), is: false)
    #expect(calls.isUnderWay)
    for request in 0..<UInt32(3) { expect(calls.ended(request), is: false, "nobody waits") }
    #expect(!calls.isUnderWay)
  }

  @Test func pastItsBoundItIsOverfull() {
    var calls = full()
    for request in 0..<UInt32(BulkLimits.waiting) {
      #expect(!calls.isOverfull)
      calls.wait(frame(10_000 + request, 1))
    }
    #expect(calls.isOverfull)
  }

  @Test func whatIsOpenNoMoreTakesNoPlace() {
    var calls = full()
    calls.keepOpen { $0 % 2 == 0 }
    #expect(!calls.isFull)
    expect(calls.ended(1), is: false)
    #expect(calls.isUnderWay)
    calls.keepOpen { _ in false }
    #expect(!calls.isUnderWay)
  }
}
