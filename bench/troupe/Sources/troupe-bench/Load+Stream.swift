// Small calls that come at fixed instants, first alone and then beside calls with the largest argument there is, made back to back
// over the same link to another entity of the same loop.
import Troupe

extension Load {
  /// Alone for so many seconds, and for as many beside the large ones; one line of JSON with both.
  func stream(rate: Int, seconds: Int) async throws {
    let counters = (0..<Sizes.entities).map { client.cluster.entity(Counter.self, Sizes.name($0)) }
    let payload = [UInt8](repeating: 7, count: Sizes.payload)
    let small = OpenLoop(client: client, rate: rate) { _ = try await counters[$0 &* Sizes.stride % counters.count].add(payload) }
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

extension OpenLoop.Result {
  fileprivate var json: String {
    let sorted = latencies.sorted()
    let figures = [("p50_us", 0.5), ("p99_us", 0.99), ("p999_us", 0.999)].map { #", "\#($0)": \#(Self.quantile($1, of: sorted))"# }
    return #"{"answered": \#(sorted.count), "refused": \#(refused), "failed": \#(failed)\#(figures.joined())}"#
  }
}
