// What each bench asks of the node; every one prints one line of JSON.
import Troupe

extension Load {
  func calls(isAsync: Bool, inFlight: Int, calls: Int) async throws {
    let counters = (0..<Sizes.entities).map { client.cluster.entity(Counter.self, Sizes.name($0)) }
    if isAsync {
      try await measure(AsyncCall(counters: counters), inFlight: inFlight, calls: calls).print()
    } else {
      try await measure(SynchronousCall(counters: counters), inFlight: inFlight, calls: calls).print()
    }
  }

  /// Each call goes to a relay on one loop, which calls a counter on another: half of the entities are relays, half counters.
  func crossing(inFlight: Int, calls: Int) async throws {
    let cluster = client.cluster
    var counters: [Int: [String]] = [:]
    for number in 0..<Sizes.entities / 2 {
      let name = Sizes.name(number)
      counters[try await cluster.entity(Counter.self, name).loop(), default: []].append(name)
    }
    guard counters.count > 1 else { throw Refusal("the node has one loop, and nothing to cross") }
    var pairs: [(relay: Relay.Ref, counter: String)] = []
    for number in 0..<Sizes.entities / 2 {
      let relay = cluster.entity(Relay.self, Sizes.name(number))
      let own = try await relay.loop()
      guard let others = counters.first(where: { $0.key != own })?.value else { continue }
      pairs.append((relay, others[number % others.count]))
    }
    try await measure(CrossingCall(pairs: pairs), inFlight: inFlight, calls: calls).print()
  }

  /// One turn of a relay calls a counter on its own loop.
  func local(calls: Int) async throws {
    let relay = client.cluster.entity(Relay.self, "local").within(.seconds(30))
    let own = try await relay.loop()
    for number in 0..<Sizes.entities {
      let name = Sizes.name(number)
      guard try await client.cluster.entity(Counter.self, name).loop() == own else { continue }
      _ = try await relay.measure(name, calls: calls / 10)
      let nanoseconds = try await relay.measure(name, calls: calls)
      return print(#"{"calls": \#(calls), "seconds": \#(Double(nanoseconds) / 1e9)}"#)
    }
    throw Refusal("no counter lives on the relay's loop")
  }

  /// Calls entities that nobody called before once each, and says how many the node then holds.
  func fill(from first: Int, count: Int) async throws {
    let cluster = client.cluster
    let payload = [UInt8](repeating: 7, count: Sizes.payload)
    let workers = min(1_024, count)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<workers {
        group.addTask(executorPreference: client.loop) {
          for number in stride(from: first + worker, to: first + count, by: workers) {
            _ = try await cluster.entity(Counter.self, "idle-\(number)").add(payload)
          }
        }
      }
      try await group.waitForAll()
    }
    let entities = try await cluster.status().nodes.reduce(0) { $0 + $1.entities }
    print(#"{"calls": \#(count), "entities": \#(entities)}"#)
  }

  /// Offers `rate` calls a second for so many seconds, each of which keeps the node busy for `burn` microseconds and is worth nothing
  /// after a second.
  func overload(rate: Int, burn: Int, seconds: Int) async throws {
    let limit: Duration = .seconds(1)
    let counters = (0..<Sizes.entities).map { client.cluster.entity(Counter.self, Sizes.name($0)).within(limit) }
    let burn: @Sendable (Int) async throws -> Void = {
      _ = try await counters[$0 &* Sizes.stride % counters.count].burn(microseconds: burn)
    }
    _ = await OpenLoop(client: client, rate: 1_000, call: burn).run(seconds: 1)
    let result = await OpenLoop(client: client, rate: rate, call: burn).run(seconds: seconds)
    let sorted = result.latencies.filter { $0 <= Int64(limit / .nanoseconds(1)) }.sorted()
    let (p50, p99) = (OpenLoop.Result.quantile(0.5, of: sorted), OpenLoop.Result.quantile(0.99, of: sorted))
    print(
      #"{"offered": \#(result.offered), "answered": \#(sorted.count), "refused": \#(result.refused), "#
        + #""failed": \#(result.offered - result.refused - sorted.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99)}"#)
  }

}

struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
