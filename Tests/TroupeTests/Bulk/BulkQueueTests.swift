// The queue of bulk calls of a loop: order, bounds, what is taken back.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct BulkQueueTests {
  private func call(_ method: UInt64, _ bytes: Int = 10, from sink: ReplySink? = nil) -> ParkedCall {
    ParkedCall(
      kind: 1, entity: "a", hash: 2, method: method, isQuery: false, arguments: [UInt8](repeating: 0, count: bytes),
      facts: CallFacts(deadline: .distantFuture, call: CallID(caller: 1, sequence: 1), lowestOpen: 0),
      sink: sink ?? .waiter(ReplyWaiter(listener: ReplyListener())))
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

  private func micro(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000) }

  @Test func toReadAFloodIsNotTheOthersTime() {
    let queue = BulkQueue()
    #expect(queue.ofOthers(until: micro(0), calls: 0) >= BulkLimits.slack, "nothing is known yet")
    queue.sliceEnded(at: micro(0), calls: 0)
    var (time, calls) = (Int64(0), UInt64(0))
    // Ten microseconds each, and nobody else: that is what reading them takes here.
    for _ in 0..<40 {
      (time, calls, queue.arrived) = (time + 2_000, calls + 200, queue.arrived + 200)
      #expect(queue.ofOthers(until: micro(time), calls: calls) == .zero)
      queue.sliceEnded(at: micro(time), calls: calls)
    }
    queue.arrived += 200
    #expect(queue.ofOthers(until: micro(time + 2_400), calls: calls + 204) < BulkLimits.slack, "four others had 400 µs")
    #expect(queue.ofOthers(until: micro(time + 13_000), calls: calls + 210) > .milliseconds(10), "ten others had a millisecond each")
    queue.sliceEnded(at: micro(time + 13_000), calls: calls + 210)
    #expect(queue.ofOthers(until: micro(time + 14_500), calls: calls + 220) == .microseconds(1_500), "no bulk call came")
  }

  @Test func howeverLongReadingTakesItIsNotBelievedForEver() {
    let queue = BulkQueue()
    queue.sliceEnded(at: micro(0), calls: 0)
    queue.arrived = 100
    #expect(queue.ofOthers(until: micro(1_000_000), calls: 100) == .zero)
    queue.sliceEnded(at: micro(1_000_000), calls: 100)
    queue.arrived += 100
    #expect(queue.ofOthers(until: micro(1_010_000), calls: 201) == .milliseconds(8))
  }

  @Test func whatIsTakenBackIsFoundWhereverItStands() throws {
    let world = try SimulatedCluster(shardCount: 4) { $0.register(Counter.self) }
    let home = try #require(world.nodes["n1"]).cluster.stages[0]
    let homes = (0..<9_000).map { HomeCall(of: home, place: $0) }
    let queue = BulkQueue()
    func add(_ number: Int) { queue.append(call(UInt64(number), from: .home(homes[number]))) }
    for number in 0..<8_000 { add(number) }
    for number in 0..<5_000 { #expect(queue.popFirst()?.method == UInt64(number)) }
    #expect(queue.take(.home(homes[4_999])) == nil, "it has run")
    for number in 8_000..<9_000 { add(number) }
    for number in [5_000, 7_999, 8_000, 8_999] {
      #expect(queue.take(.home(homes[number]))?.method == UInt64(number))
      #expect(queue.take(.home(homes[number])) == nil)
    }
    #expect(queue.count == 4_000 - 4 && queue.popFirst()?.method == 5_001)
    #expect(queue.takeAll().count == 4_000 - 5 && queue.take(.home(homes[6_000])) == nil)
    add(6_000)
    #expect(queue.take(.home(homes[6_000]))?.method == 6_000 && queue.count == 0)
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
