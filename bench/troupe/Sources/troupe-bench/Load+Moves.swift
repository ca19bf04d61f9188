// Shards move without pause while commands come at fixed instants: what their callers feel of it.
import Glibc
import Troupe

extension Load {
  /// Takes one node after the other its weight and gives it back, each as soon as the shards have followed, until the time is up; leaves
  /// everybody with the same.
  func shuffle(seconds: Int) async throws {
    let end = Monotonic.now() + Int64(seconds) * 1_000_000_000
    let nodes = try await client.cluster.status().nodes.map(\.id).sorted()
    var (moved, rounds) = (0, 0)
    while Monotonic.now() < end {
      moved += try await move(.weigh(node: nodes[rounds % nodes.count], 0))
      moved += try await move(.weigh(node: nodes[rounds % nodes.count], 1))
      rounds += 1
    }
    print(#"{"moved": \#(moved), "rounds": \#(rounds)}"#)
  }

  /// Returns how many shards it moved, once they are there.
  private func move(_ order: ClusterSetting) async throws -> Int {
    let moved = try await client.cluster.shards(after: order).count(where: \.moves)
    try await client.cluster.set(order)
    while try await client.cluster.shards().contains(where: \.moves) { try await Task.sleep(for: .milliseconds(5)) }
    return moved
  }

  /// Commands at fixed instants, each of which says which node has run it.
  func moves(rate: Int, seconds: Int) async throws {
    let ledgers = (0..<Moves.entities).map { client.cluster.entity(Ledger.self, Sizes.name($0)) }
    let memo = [UInt8](repeating: 7, count: Sizes.event)
    let moves = LoopBound(Moves(commands: rate * seconds), on: client.loop)
    let post: @Sendable (Int) async throws -> Void = { moves.value.ran($0, at: try await ledgers[Moves.entity($0)].postHere(memo)) }
    let result = await OpenLoop(client: client, rate: rate, call: post).run(seconds: seconds) { moves.value.ended($0) }
    print(await Task(executorPreference: client.loop) { moves.value.report(result, seconds) }.value)
  }
}

/// What became of each command; on the client's loop.
final class Moves {
  /// Two or so a shard.
  static let entities = 2_048
  /// Nanoseconds from when it was due, past which a command behind a move has waited for it.
  private static let noticeable: Int64 = 5_000_000

  static func entity(_ command: Int) -> Int { command &* Sizes.stride % entities }

  private var homes: [Int8]
  private var latencies: [Int64]
  private var codes: [String: Int] = [:]

  init(commands: Int) {
    homes = Array(repeating: 0, count: commands)
    latencies = Array(repeating: 0, count: commands)
  }

  func ran(_ command: Int, at home: Int) { homes[command] = Int8(home) }

  func ended(_ call: OpenLoop.Ended) {
    latencies[call.number] = call.at - call.due
    if let error = call.error { codes[(error as? CallError)?.code.rawValue ?? "other", default: 0] += 1 }
  }

  /// A move is met by the first command of an entity that another node has run than the one before.
  func report(_ result: OpenLoop.Result, _ seconds: Int) -> String {
    var last: [Int8] = Array(repeating: 0, count: Self.entities)
    var met: [Int64] = []
    for command in homes.indices where homes[command] > 0 {
      let entity = Self.entity(command)
      if last[entity] != 0, last[entity] != homes[command] { met.append(latencies[command]) }
      last[entity] = homes[command]
    }
    met.sort()
    let waited = met.filter { $0 > Self.noticeable }
    let all = result.latencies.sorted()
    func figures(_ sorted: [Int64], _ shares: [Double]) -> String {
      "[" + shares.map { String(OpenLoop.Result.quantile($0, of: sorted)) }.joined(separator: ", ") + "]"
    }
    let failed = codes.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    return #"{"offered": \#(result.offered), "answered": \#(all.count), "seconds": \#(seconds), "failed": {\#(failed)}, "#
      + #""all_us": \#(figures(all, [0.5, 0.99, 0.999, 1])), "moves": \#(met.count), "met_us": \#(figures(met, [0.5, 0.99, 1])), "#
      + #""waits": \#(waited.count), "waited_us": \#(figures(waited, [0.5, 0.99, 1]))}"#
  }
}
