// What the tests of breakers, budgets and hedges share: a simulated cluster of counters and ledgers, and how its calls end.
import Testing
import Troupe
import TroupeTesting

struct CallScene {
  let cluster: SimulatedCluster

  init(
    nodes: Int = 1, seed: UInt64 = 1, tracer: (any CallTracer)? = nil, _ change: (inout CallPolicy) -> Void = { _ in }
  ) throws {
    var calls = CallPolicy()
    change(&calls)
    cluster = try SimulatedCluster(nodes: nodes, shardCount: 32, seed: seed, calls: calls, tracer: tracer) {
      $0.register(Counter.self)
      $0.register(Ledger.self)
      $0.register(Feed.self)
    }
    for _ in 0..<nodes { cluster.advance(by: .seconds(2)) }
    // Links are open and every breaker has seen an answer.
    _ = try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<64 {
        _ = try await shop.entity(Ledger.self, "l\(number)").balance()
        _ = try await shop.entity(Counter.self, "c\(number)").value()
      }
    }
  }

  var network: SimulatedNetwork { cluster.world.network }

  /// How a call ended, and how long that took in virtual time.
  struct Ending: Sendable {
    let error: CallError?
    let took: Duration
  }

  /// So many reads of one ledger, one after the other.
  func readings(_ count: Int, of name: String = "l1", within limit: Duration) throws -> [Ending] {
    try cluster.run { shop in
      var endings: [Ending] = []
      for _ in 0..<count { endings.append(await Self.ending { _ = try await shop.entity(Ledger.self, name).within(limit).balance() }) }
      return endings
    }
  }

  /// The client's own clock is not its to read, so the loop's is.
  nonisolated(nonsending) static func ending(_ call: () async throws -> Void) async -> Ending {
    let loop = CurrentLoop.loop
    let began = loop?.freshNow()
    var error: CallError?
    do { try await call() } catch let thrown as CallError { error = thrown } catch { Issue.record("an entity threw \(error)") }
    guard let loop, let began else { return Ending(error: error, took: .zero) }
    return Ending(error: error, took: loop.freshNow() - began)
  }

  func report() throws -> CallReport { try cluster.run { await $0.callReport() } }

  /// Of the calls that a node's own entities make.
  func report(of node: String) throws -> CallReport {
    guard let node = cluster.nodes[node] else { throw SimulationError.idle }
    return try cluster.run { _ in await node.cluster.callReport() }
  }

  /// An id of a counter that lives on `node`.
  func counter(on node: String) throws -> String { try name(of: "counter", on: node) }

  func name(of kind: String, on node: String) throws -> String {
    let status = try cluster.run { try await $0.status() }
    guard let index = status.nodes.firstIndex(where: { $0.id == node }) else { throw SimulationError.idle }
    let name = (0..<1_000).map { "k\($0)" }.first {
      Int(status.owners[shardIndex(of: entityHash(kindID: kindID(kind), id: $0), shardCount: status.shardCount)]) == index
    }
    return try #require(name)
  }
}
