// The queue of bulk calls of a loop: order, bounds, what is taken back.
import Testing

@testable import Troupe

@Suite struct BulkQueueTests {
  private func call(_ method: UInt64, _ bytes: Int = 10) -> ParkedCall {
    ParkedCall(
      kind: 1, entity: "a", hash: 2, method: method, isQuery: false, arguments: [UInt8](repeating: 0, count: bytes),
      facts: CallFacts(deadline: .distantFuture, call: CallID(caller: 1, sequence: 1), lowestOpen: 0),
      sink: .waiter(ReplyWaiter(listener: ReplyListener())))
  }

  @Test func theyComeOutAsTheyWentIn() {
    let queue = BulkQueue()
    for method in UInt64(0)..<10_000 {
      queue.append(call(method))
      if method % 3 == 2 { #expect(queue.popFirst()?.method == method / 3) }
    }
    #expect(queue.count == 10_000 - 3_333 && queue.bytes == queue.count * 10)
    var next = UInt64(3_333)
    while let call = queue.popFirst() {
      #expect(call.method == next)
      next += 1
    }
    #expect(next == 10_000 && queue.count == 0 && queue.bytes == 0)
  }

  @Test func itIsBoundedInCallsAndInBytes() {
    let queue = BulkQueue()
    for method in 0..<UInt64(BulkLimits.calls) {
      #expect(!queue.isFull)
      queue.append(call(method))
    }
    #expect(queue.isFull)
    #expect(queue.takeAll().count == BulkLimits.calls)
    #expect(!queue.isFull)
    queue.append(call(1, BulkLimits.bytes))
    #expect(queue.isFull)
  }

  @Test func whileOthersAreRefusedItIsBehind() {
    let queue = BulkQueue()
    let now = Instant(nanoseconds: 10_000)
    #expect(!queue.isBehind(at: now, patience: .max))
    queue.shed(at: now)
    #expect(queue.isBehind(at: Instant(nanoseconds: 10_200), patience: 200))
    #expect(!queue.isBehind(at: Instant(nanoseconds: 10_201), patience: 200))
  }
}
