// The calls that are measured, one type each.
import Troupe

/// A synchronous command of a volatile entity.
struct SynchronousCall: BenchCall {
  let counters: [Counter.Ref]
  let payload = [UInt8](repeating: 7, count: Sizes.payload)

  nonisolated(nonsending) func work(from first: Int, count: Int) async throws -> [Int64] {
    var laps = Laps(from: first, count: count)
    while let number = laps.next() {
      _ = try await counters[number % counters.count].add(payload)
      laps.ended()
    }
    return laps.latencies
  }
}

/// An async command of a volatile entity.
struct AsyncCall: BenchCall {
  let counters: [Counter.Ref]
  let payload = [UInt8](repeating: 7, count: Sizes.payload)

  nonisolated(nonsending) func work(from first: Int, count: Int) async throws -> [Int64] {
    var laps = Laps(from: first, count: count)
    while let number = laps.next() {
      _ = try await counters[number % counters.count].addAsync(payload)
      laps.ended()
    }
    return laps.latencies
  }
}

/// A relay on one loop that calls a counter on another.
struct CrossingCall: BenchCall {
  let pairs: [(relay: Relay.Ref, counter: String)]
  let payload = [UInt8](repeating: 7, count: Sizes.payload)

  nonisolated(nonsending) func work(from first: Int, count: Int) async throws -> [Int64] {
    var laps = Laps(from: first, count: count)
    while let number = laps.next() {
      let pair = pairs[number % pairs.count]
      _ = try await pair.relay.forward(payload, to: pair.counter)
      laps.ended()
    }
    return laps.latencies
  }
}

/// A durable command with its event of 200 bytes.
struct DurableCall: BenchCall {
  let ledgers: [Ledger.Ref]
  let memo = [UInt8](repeating: 7, count: Sizes.event)

  nonisolated(nonsending) func work(from first: Int, count: Int) async throws -> [Int64] {
    var laps = Laps(from: first, count: count)
    while let number = laps.next() {
      _ = try await ledgers[number % ledgers.count].post(memo)
      laps.ended()
    }
    return laps.latencies
  }
}
