// One node is killed while commands come at fixed instants: how soon its entities answer, what the others' callers feel, what is lost.
import Glibc
import Troupe

extension Load {
  /// Waits until so many nodes have even shares: then nothing moves.
  func settle(nodes: Int) async throws {
    while true {
      // Who asks a cluster that just lost a node may be answered by nobody, once.
      let shards = try? await client.cluster.status().nodes.filter(\.leaseValid).map(\.shards).sorted()
      if let shards, shards.count == nodes, shards[nodes - 1] - shards[0] <= 1 { return print("{}") }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// - Parameter victim: the node with this number has the process id `process`.
  func failover(rate: Int, victim: Int, process: Int32) async throws {
    let ledgers = (0..<Sizes.entities).map { client.cluster.entity(Ledger.self, Sizes.name($0)) }
    let before = try await look(ledgers) { Int(try await $0.entries()) }
    let homes = try await look(ledgers) { try await $0.home() }
    let memo = [UInt8](repeating: 7, count: Sizes.event)
    let post: @Sendable (Int) async throws -> Void = { _ = try await ledgers[$0 &* Sizes.stride % ledgers.count].post(memo) }
    let warmUp = LoopBound(Failover(homes, victim), on: client.loop)
    _ = await OpenLoop(client: client, rate: rate, call: post).run(seconds: Failover.warmUp) { warmUp.value.ended($0) }
    let story = LoopBound(Failover(homes, victim, acknowledged: await onLoop { warmUp.value.acknowledged }), on: client.loop)
    let killed = Task {
      try await Task.sleep(for: .seconds(Failover.before))
      guard kill(process, SIGKILL) == 0 else { throw Refusal("process \(process) cannot be killed") }
      return Monotonic.now()
    }
    _ = await OpenLoop(client: client, rate: rate, call: post).run(seconds: Failover.before + Failover.after) { story.value.ended($0) }
    let instant = try await killed.value
    let after = try await look(ledgers) { Int(try await $0.entries()) }
    print(await onLoop { story.value.report(killedAt: instant, before, after) })
  }

  /// Of a node that may still be busy with what it was given before.
  private func answer(_ question: () async throws -> Int) async throws -> Int {
    while true {
      do { return try await question() } catch let error as CallError where error.code == .overloaded {
        try await Task.sleep(for: error.retryAfter ?? .milliseconds(50))
      }
    }
  }

  private func onLoop<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await Task(executorPreference: client.loop) { work() }.value
  }

  /// One question to each.
  private func look(
    _ ledgers: [Ledger.Ref], _ question: @escaping @Sendable (Ledger.Ref) async throws -> Int
  ) async throws -> [Int] {
    try await withThrowingTaskGroup(of: [(Int, Int)].self) { group in
      for worker in 0..<256 {
        group.addTask(executorPreference: client.loop) {
          var found: [(Int, Int)] = []
          for number in stride(from: worker, to: ledgers.count, by: 256) {
            found.append((number, try await answer { try await question(ledgers[number].within(.seconds(30))) }))
          }
          return found
        }
      }
      var answers = Array(repeating: 0, count: ledgers.count)
      for try await part in group { for (number, answer) in part { answers[number] = answer } }
      return answers
    }
  }
}

/// What became of each command; on the client's loop.
final class Failover {
  /// Seconds.
  static let warmUp = 2, before = 3, after = 6

  private let homes: [Int]
  private let victim: Int
  private(set) var acknowledged: [Int]
  private var uncertain: [Int]
  private var calls: [OpenLoop.Ended] = []

  init(_ homes: [Int], _ victim: Int, acknowledged: [Int]? = nil) {
    self.homes = homes
    self.victim = victim
    self.acknowledged = acknowledged ?? Array(repeating: 0, count: homes.count)
    uncertain = Array(repeating: 0, count: homes.count)
  }

  private func ledger(_ call: OpenLoop.Ended) -> Int { call.number &* Sizes.stride % homes.count }

  func ended(_ call: OpenLoop.Ended) {
    calls.append(call)
    if call.error == nil { acknowledged[ledger(call)] += 1 }
    if let error = call.error, (error as? CallError)?.executed != .no { uncertain[ledger(call)] += 1 }
  }

  func report(killedAt instant: Int64, _ before: [Int], _ after: [Int]) -> String {
    var firsts: [Int: Int64] = [:]
    for call in calls where call.error == nil && homes[ledger(call)] == victim && call.due > instant {
      firsts[ledger(call)] = min(firsts[ledger(call)] ?? .max, call.at - instant)
    }
    let milliseconds = firsts.values.sorted().map { String($0 / 1_000_000) }.joined(separator: ",")
    let (lost, twice) = (0..<homes.count).reduce(into: (0, 0)) { sums, ledger in
      let grown = after[ledger] - before[ledger]
      sums.0 += max(0, acknowledged[ledger] - grown)
      sums.1 += max(0, grown - acknowledged[ledger] - uncertain[ledger])
    }
    // As long as the slowest of the dead one's entities did not answer.
    let over = instant + (firsts.values.max() ?? 0)
    let failed = Dictionary(grouping: calls.filter { $0.error != nil }) { ($0.error as? CallError)?.code.rawValue ?? "other" }
    let codes = failed.map { "\"\($0.key)\": \($0.value.count)" }.joined(separator: ", ")
    return #"{"firsts_ms": [\#(milliseconds)], "entities": \#(homes.count { $0 == victim }), "others_before_us": \#(p99(..<instant)), "#
      + #""others_during_us": \#(p99(instant..<over)), "offered": \#(calls.count), "failed": {\#(codes)}, "lost": \#(lost), "twice": \#(twice)}"#
  }

  /// Of the other nodes' entities, of calls that were due then.
  private func p99(_ when: some RangeExpression<Int64>) -> Double {
    OpenLoop.Result.quantile(
      0.99, of: calls.filter { homes[ledger($0)] != victim && $0.error == nil && when.contains($0.due) }.map { $0.at - $0.due }.sorted())
  }
}
