// Small calls that come at fixed instants, first alone and then beside calls with the largest argument there is, made back to back
// over the same link to another entity of the same loop.
import Troupe

extension Load {
  /// Alone for so many seconds, and for as many beside the large ones; one line of JSON with both.
  func stream(rate: Int, seconds: Int) async throws {
    let small = SmallCalls(client, rate: rate)
    _ = await small.run(seconds: 1)
    let alone = await small.run(seconds: seconds)
    let large = Task(executorPreference: client.loop) { [client] in try await Self.largeCalls(client) }
    _ = await small.run(seconds: 1)
    let beside = await small.run(seconds: seconds)
    large.cancel()
    let (messages, took) = try await large.value
    print(#"{"alone": \#(alone.json), "beside": \#(beside.json), "large": \#(messages), "large_seconds": \#(took)}"#)
  }

  /// One after the other until the task is cancelled: how many, and in how many seconds.
  private nonisolated(nonsending) static func largeCalls(_ client: Client) async throws -> (Int, Double) {
    let blob = client.cluster.entity(Blob.self, "large").within(.seconds(30))
    let bytes = [UInt8](repeating: 7, count: Sizes.large)
    let started = Monotonic.now()
    var messages = 0
    while !Task.isCancelled {
      do {
        guard try await blob.put(bytes) == bytes.count else { throw Refusal("the node took another number of bytes than were sent") }
        messages += 1
      } catch let error as CallError where error.code == .cancelled {
        break
      }
    }
    return (messages, Double(Monotonic.now() - started) / 1e9)
  }
}

/// So many calls a second with an argument of 100 bytes, each counted from when it was due.
private final class SmallCalls: Sendable {
  /// How often the client looks what is due.
  private static let tick: Int64 = 250_000

  private let client: Client
  private let counters: [Counter.Ref]
  private let rate: Int

  init(_ client: Client, rate: Int) {
    self.client = client
    self.rate = rate
    counters = (0..<Sizes.entities).map { client.cluster.entity(Counter.self, Sizes.name($0)) }
  }

  struct Result: Sendable {
    var latencies: [Int64] = []
    var failed = 0

    var json: String {
      let sorted = latencies.sorted()
      let at = { (share: Double) in sorted.isEmpty ? 0 : Double(sorted[Int(Double(sorted.count - 1) * share)]) / 1e3 }
      return #"{"answered": \#(sorted.count), "failed": \#(failed), "p50_us": \#(at(0.5)), "p99_us": \#(at(0.99)), "p999_us": \#(at(0.999))}"#
    }
  }

  func run(seconds: Int) async -> Result {
    let started = Monotonic.now()
    let ticks = Pacer.ticks(seconds * Int(1_000_000_000 / Self.tick), every: Self.tick, from: started)
    return await Task(executorPreference: client.loop) { await self.offer(ticks, from: started, all: seconds * self.rate) }.value
  }

  private func offer(_ ticks: AsyncStream<Void>, from started: Int64, all: Int) async -> Result {
    let payload = [UInt8](repeating: 7, count: Sizes.payload)
    return await withTaskGroup(of: Int64?.self) { group in
      var offered = 0
      for await _ in ticks {
        let due = min(all, Int((Monotonic.now() - started) * Int64(rate) / 1_000_000_000))
        while offered < due {
          let (counter, at) = (counters[offered &* Sizes.stride % counters.count], started + Int64(offered) * 1_000_000_000 / Int64(rate))
          offered += 1
          group.addTask(executorPreference: client.loop) {
            do { _ = try await counter.add(payload) } catch { return nil }
            return Monotonic.now() - at
          }
        }
      }
      return await group.reduce(into: Result()) { result, latency in
        if let latency { result.latencies.append(latency) } else { result.failed += 1 }
      }
    }
  }
}
