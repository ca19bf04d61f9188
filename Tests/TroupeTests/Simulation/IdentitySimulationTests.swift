// A user's signed identity through a cluster of nodes: from turn to turn, until it runs out.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct IdentitySimulationTests {
  private static let key = SigningKey.generate()
  private static let issuer = IdentityIssuer(key: key, cluster: "sim")
  /// So many that every node has some.
  private static let names = (0..<24).map { "w\($0)" }

  private static func cluster(_ policy: IdentityPolicy, nodes: Int = 3, loops: Int = 1) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, loops: loops, identities: policy) { $0.register(Witness.self) }
  }

  private static var signed: IdentityPolicy { .signed(IdentityKeys([key.publicKey])) }

  private static func user(_ name: String, _ cluster: SimulatedCluster, roles: [String] = []) throws -> SignedIdentity {
    let wall = cluster.world.wallClockOffset.milliseconds + cluster.world.now.nanoseconds / 1_000_000
    return try issuer.identity(of: name, roles: roles, now: WallTime(milliseconds: wall))
  }

  /// The code of the error and what it says, or the value.
  private static func outcome(_ call: () async throws -> String) async -> String {
    do {
      return try await call()
    } catch let error as CallError {
      return "\(error.code.rawValue), executed: \(error.executed.rawValue)"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [1, 2]) func aTokenGoesFromTurnToTurnThroughAllNodes(loops: Int) throws {
    let cluster = try Self.cluster(Self.signed, loops: loops)
    // Until every node has its share of the shards.
    cluster.advance(by: .seconds(60))
    let alice = try Self.user("alice", cluster, roles: ["customer", "vip"])
    let nodes = cluster.nodes.values.map(\.cluster)
    let (seen, checks) = try cluster.run { shop in
      let seen = try await shop.entity(Witness.self, "first").as(alice).through(Self.names)
      var checks: [[Int]] = []
      for node in nodes { checks.append(await node.onEachStage { $0.peers.checker?.signatureChecks ?? -1 }) }
      return (seen, checks)
    }
    #expect(seen == Array(repeating: "alice customer vip", count: Self.names.count + 1))
    // However many calls came to a loop, over whatever links, it has checked the token once; a node's other loops take its word.
    #expect(checks.allSatisfy { $0.allSatisfy { (0...1).contains($0) } && $0.contains(1) }, "\(checks)")
  }

  @Test func whatANodeMakesUpIsRefusedWhereverTheOtherIs() throws {
    let cluster = try Self.cluster(Self.signed)
    try cluster.run { shop in
      for name in Self.names {
        let outcome = try await shop.entity(Witness.self, "first").pretend(toBe: "mallory", to: name)
        #expect(outcome == "identityRefused: the caller's identity is not signed, and this node takes only signed ones")
        #expect(try await shop.entity(Witness.self, name).count() == 0)
      }
      for name in Self.names {
        let outcome = await Self.outcome { try await shop.entity(Witness.self, name).as("mallory").say() }
        #expect(outcome == "identityRefused, executed: no")
        #expect(try await shop.entity(Witness.self, name).say() == "nobody", "without a name it is nobody's call")
      }
    }
  }

  @Test func nodesThatTakeAnyNameTakeThatNameToo() throws {
    let cluster = try Self.cluster(.unsigned)
    let alice = try Self.user("alice", cluster, roles: ["customer"])
    try cluster.run { shop in
      let pretended = try await shop.entity(Witness.self, "first").pretend(toBe: "mallory", to: "w1")
      #expect(pretended == "mallory")
      // They look at no signature, so they hear a name and no roles.
      let seen = try await shop.entity(Witness.self, "first").as(alice).through(Self.names)
      #expect(seen == Array(repeating: "alice", count: Self.names.count + 1))
    }
  }

  @Test func aNodesOwnCodeIsCheckedAsCallsAreThatArrive() throws {
    let cluster = try Self.cluster(Self.signed, nodes: 1)
    let alice = try Self.user("alice", cluster)
    var token = alice.token
    token[3] ^= 1
    let forged = try SignedIdentity(token: token)
    let node = try #require(cluster.nodes["n1"]).cluster
    let loop = node.stages[0].loop
    let outcomes = try cluster.run { _ in
      // On the entity's own loop, where calls are plain calls of methods.
      await Task(executorPreference: loop) {
        var outcomes: [String] = []
        for identity in [alice, forged] {
          let witness = node.entity(Witness.self, "w").as(identity)
          outcomes.append(await Self.outcome { try await witness.say() })
          outcomes.append(await Self.outcome { try await witness.saySlowly() })
        }
        outcomes.append(await Self.outcome { try await node.entity(Witness.self, "w").as("mallory").say() })
        outcomes.append(await Self.outcome { "\(try await node.entity(Witness.self, "w").count())" })
        return outcomes
      }.value
    }
    let refused = "identityRefused, executed: no"
    #expect(outcomes == ["alice", "alice", refused, refused, refused, "2"])
  }

  /// 60 s of life and 30 s for clocks that differ: what a turn calls after that is not called, on its own node or on another.
  @Test(arguments: [(80, "alice"), (95, "identityExpired, executed: no")])
  func aTurnThatOutlivesItsIdentityCallsNobody(seconds: Int, expected: String) throws {
    let cluster = try Self.cluster(Self.signed)
    // Shards move once more while nodes join, and entities that live in memory alone begin anew where they arrive.
    cluster.advance(by: .seconds(60))
    let alice = try Self.user("alice", cluster)
    try cluster.run { shop in
      let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
        for name in Self.names {
          group.addTask { try await shop.entity(Witness.self, "slow").as(alice).within(.seconds(200)).ask(name, after: 0) }
          group.addTask { try await shop.entity(Witness.self, "slow \(name)").as(alice).within(.seconds(200)).ask(name, after: seconds) }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      let count = Self.names.count
      #expect(outcomes == (expected == "alice" ? ["alice": 2 * count] : ["alice": count, expected: count]))
      let turns = try await Self.names.asyncSum { try await shop.entity(Witness.self, $0).count() }
      #expect(turns == (expected == "alice" ? 2 * count : count))
      guard expected != "alice" else { return }
      // A new call in that name is refused where it arrives.
      let late = await Self.outcome { try await shop.entity(Witness.self, "first").as(alice).say() }
      #expect(late == "identityExpired, executed: no")
    }
  }
}

extension Array where Element == String {
  fileprivate func asyncSum(_ body: (String) async throws -> Int) async rethrows -> Int {
    var sum = 0
    for element in self { sum += try await body(element) }
    return sum
  }
}
