// A simulated cluster on a bad network: slow, clogged, cut one way, spoiling bytes. Nobody who beats is buried, and what was acknowledged
// is there once.
import Testing
import Troupe
import TroupeTesting

@Suite struct BadNetworkTests {
  static let hosts = ["n1.1", "n2.2", "n3.3", "client"]
  static let ledgers = 30

  static func settled(seed: UInt64) throws -> SimulatedCluster {
    let cluster = try SimulatedClusterTests.cluster(nodes: 3, seed: seed)
    for _ in 0..<8 { cluster.advance(by: .seconds(2)) }
    return cluster
  }

  /// The same for every two hosts.
  static func spoil(_ cluster: SimulatedCluster, _ change: (inout StreamFaults) -> Void) {
    var faults = StreamFaults()
    change(&faults)
    for (number, one) in hosts.enumerated() {
      for other in hosts[..<number] { cluster.world.network.setFaults(faults, between: one, other) }
    }
  }

  static func book(_ round: Int, in cluster: SimulatedCluster) throws {
    try cluster.run { (shop: Cluster) async throws -> Void in
      for number in 0..<ledgers {
        #expect(try await shop.entity(Ledger.self, "l\(number)").within(.seconds(30)).once("\(round)").book(1) == round)
      }
    }
  }

  /// Epoch and owners, and the members with where they are in their lives.
  static func view(of cluster: SimulatedCluster) throws -> String {
    let status = try cluster.run { try await $0.status() }
    return "\(status.epoch) \(status.owners) \(status.nodes.map(\.id))"
  }

  static func delays(_ mean: Int, _ jitter: Int) -> (inout StreamFaults) -> Void {
    return {
      $0.delay = .milliseconds(mean)
      $0.jitter = .milliseconds(jitter)
    }
  }

  @Test(arguments: [(75, 50), (500, 0), (500, 250)], 1...3)
  func aSlowNetworkBuriesNobody(delay: (mean: Int, jitter: Int), seed: UInt64) throws {
    let cluster = try Self.settled(seed: seed)
    try Self.book(1, in: cluster)
    let before = try Self.view(of: cluster)
    Self.spoil(cluster, Self.delays(delay.mean, delay.jitter))
    try Self.book(2, in: cluster)
    cluster.advance(by: .seconds(120))
    try Self.book(3, in: cluster)
    #expect(try Self.view(of: cluster) == before, "no view changed for slowness")
    Self.spoil(cluster) { _ in }
    try Self.book(4, in: cluster)
  }

  @Test(arguments: 1...4) func aOneWayBlackHoleEndsCallsByNameAndHeals(seed: UInt64) throws {
    let cluster = try Self.settled(seed: seed)
    try Self.book(1, in: cluster)
    let before = try Self.view(of: cluster)
    var blackHole = StreamFaults()
    blackHole.isBlackHole = true
    for host in Self.hosts.dropLast() { cluster.world.network.setFaults(blackHole, from: host, to: "client") }
    let error = #expect(throws: CallError.self) {
      try cluster.run { try await $0.entity(Ledger.self, "l0").within(.seconds(2)).once("2").book(1) }
    }
    #expect([.deadlineExceeded, .unknownOutcome, .unavailable].contains(error?.code))
    cluster.advance(by: .seconds(20))
    for host in Self.hosts.dropLast() { cluster.world.network.heal(host, "client") }
    // The question arrived, perhaps; under the same key it takes effect once.
    try Self.book(2, in: cluster)
    #expect(try Self.view(of: cluster) == before)
  }

  @Test(arguments: 1...4) func connectionsThatAreResetAgainAndAgainLoseNothing(seed: UInt64) throws {
    let cluster = try Self.settled(seed: seed)
    for round in 1...6 {
      Self.spoil(cluster) { $0.resetAfter = 500 * round }
      try Self.book(round, in: cluster)
    }
    Self.spoil(cluster) { _ in }
    try Self.book(7, in: cluster)
    #expect(try cluster.run { try await $0.status() }.nodes.count == 3)
  }
}
