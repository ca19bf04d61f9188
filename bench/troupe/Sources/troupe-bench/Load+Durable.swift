// Durable commands: as many as go, at fixed instants, one after the other; what comes back after a restart, and what reads them.
import Troupe

extension Load {
  func durable(inFlight: Int, calls: Int) async throws {
    let ledgers = (0..<Sizes.entities).map { client.cluster.entity(Ledger.self, Sizes.name($0)) }
    try await measure(DurableCall(ledgers: ledgers), inFlight: inFlight, calls: calls).print()
  }

  /// Commands at fixed instants, and whether anybody lost his place in the view meanwhile.
  func paced(rate: Int, seconds: Int) async throws {
    let ledgers = (0..<Sizes.entities).map { client.cluster.entity(Ledger.self, Sizes.name($0)) }
    let memo = [UInt8](repeating: 7, count: Sizes.event)
    let post: @Sendable (Int) async throws -> Void = { _ = try await ledgers[$0 &* Sizes.stride % ledgers.count].post(memo) }
    _ = await OpenLoop(client: client, rate: rate, call: post).run(seconds: 2)
    let before = try await client.cluster.status()
    let result = await OpenLoop(client: client, rate: rate, call: post).run(seconds: seconds)
    let after = try await client.cluster.status()
    let sorted = result.latencies.sorted()
    let (p50, p99) = (OpenLoop.Result.quantile(0.5, of: sorted), OpenLoop.Result.quantile(0.99, of: sorted))
    let (p999, most) = (OpenLoop.Result.quantile(0.999, of: sorted), OpenLoop.Result.quantile(1, of: sorted))
    let leases = after.nodes.allSatisfy(\.leaseValid) && after.epoch == before.epoch
    print(
      #"{"offered": \#(result.offered), "answered": \#(sorted.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99), "#
        + #""p999_us": \#(p999), "max_us": \#(most), "keeps_leases": \#(leases)}"#)
  }

  /// One command each for so many ledgers.
  func ledgers(from first: Int, count: Int) async throws {
    try await spread(first, count) { cluster, number, memo in
      _ = try await cluster.entity(Ledger.self, "ledger-\(number)").within(.seconds(60)).post(memo)
    }
  }

  /// One question each: whoever is not in memory is read from the store.
  func ask(from first: Int, count: Int) async throws {
    try await spread(first, count) { cluster, number, _ in
      let entries = try await cluster.entity(Ledger.self, "ledger-\(number)").within(.seconds(60)).entries()
      guard entries == 1 else { throw Refusal("ledger \(number) has \(entries) entries after one command") }
    }
  }

  func spread(
    _ first: Int, _ count: Int, quietly: Bool = false, _ call: @escaping @Sendable (Cluster, Int, [UInt8]) async throws -> Void
  ) async throws {
    let cluster = client.cluster
    let memo = [UInt8](repeating: 7, count: Sizes.event)
    let workers = min(1_024, count)
    let started = Monotonic.now()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<workers {
        group.addTask(executorPreference: client.loop) {
          for number in stride(from: first + worker, to: first + count, by: workers) { try await call(cluster, number, memo) }
        }
      }
      try await group.waitForAll()
    }
    if !quietly { print(#"{"calls": \#(count), "seconds": \#(Double(Monotonic.now() - started) / 1e9)}"#) }
  }

  /// A long life of one ledger.
  func history(of name: String, events: Int) async throws {
    let ledger = client.cluster.entity(Ledger.self, name).within(.seconds(60))
    let memo = [UInt8](repeating: 7, count: Sizes.event)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<256 {
        group.addTask(executorPreference: client.loop) { for _ in 0..<events / 256 { _ = try await ledger.post(memo) } }
      }
      try await group.waitForAll()
    }
    print(#"{"calls": \#(events / 256 * 256)}"#)
  }

  /// What one question to a ledger takes, and one more: the first has to read it.
  func first(_ name: String) async throws {
    let ledger = client.cluster.entity(Ledger.self, name).within(.seconds(60))
    var took: [Double] = []
    var entries: UInt64 = 0
    for _ in 0..<2 {
      let started = Monotonic.now()
      entries = try await ledger.entries()
      took.append(Double(Monotonic.now() - started) / 1e3)
    }
    print(#"{"entries": \#(entries), "first_us": \#(took[0]), "second_us": \#(took[1])}"#)
  }

  /// Stamped commands at fixed instants: how old each event is when the group at the node has it.
  func tail(rate: Int, seconds: Int) async throws {
    let ledgers = (0..<Sizes.entities).map { client.cluster.entity(Ledger.self, Sizes.name($0)) }
    let gauge = client.cluster.entity(Gauge.self, "reader")
    let memo = [UInt8](repeating: 7, count: Sizes.event)
    let post: @Sendable (Int) async throws -> Void = { _ = try await ledgers[$0 &* Sizes.stride % ledgers.count].postStamped(memo) }
    let warmUp = await OpenLoop(client: client, rate: rate, call: post).run(seconds: 2)
    try await awaitCount(warmUp.latencies.count, gauge)
    try await gauge.reset()
    let result = await OpenLoop(client: client, rate: rate, call: post).run(seconds: seconds)
    let reading = try await awaitCount(result.latencies.count, gauge)
    let sorted = reading.ages.sorted()
    let (p50, p99) = (OpenLoop.Result.quantile(0.5, of: sorted), OpenLoop.Result.quantile(0.99, of: sorted))
    print(
      #"{"offered": \#(result.offered), "delivered": \#(reading.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99)}"#)
  }

  /// Waits until the group has seen so many events, and says how long it took from the first to the last.
  func projected(count: Int) async throws {
    let reading = try await awaitCount(count, client.cluster.entity(Gauge.self, "reader"))
    print(#"{"events": \#(reading.count), "seconds": \#(Double(reading.nanoseconds) / 1e9)}"#)
  }

  @discardableResult
  private func awaitCount(_ count: Int, _ gauge: Gauge.Ref) async throws -> Gauge.Reading {
    while true {
      let reading = try await gauge.reading()
      if reading.count >= count { return reading }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
