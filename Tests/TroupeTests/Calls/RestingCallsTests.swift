// Who rests between two tries is woken once, whatever ends it.
import Synchronization
import Testing

@testable import Troupe

@Suite struct RestingCallsTests {
  private final class Bench: Sendable {
    let calls = Mutex(RestingCalls())

    var hashes: [UInt64] { calls.withLock { $0.all.map(\.hash) } }
  }

  @Test func theFirstEndCountsAndTheOrderIsThatOfTheBeginnings() async {
    let bench = Bench()
    await withTaskGroup(of: Void.self) { group in
      for hash in [7, 8, 9] as [UInt64] {
        group.addTask {
          await withUnsafeContinuation { waiter in bench.calls.withLock { _ = $0.begin(hash, waiter) } }
        }
        while bench.hashes.last != hash { await Task.yield() }
      }
      #expect(bench.hashes == [7, 8, 9])
      for number in [2, 2, 1, 3, 1, 4] as [UInt64] { bench.calls.withLock { $0.end(number) } }
      await group.waitForAll()
    }
    #expect(bench.hashes == [])
  }
}
