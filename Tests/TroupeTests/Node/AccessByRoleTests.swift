// Two nodes whose rules ask for a role of the end user: who has it is served by both, who has not is refused before his arguments are
// read. Entities call each other across the nodes as before.
import Testing
import TroupeWire

@testable import Troupe

@Suite struct AccessByRoleTests {
  private static let key = SigningKey.generate()
  private static let rules = """
    allow node/*    *       *
    allow gateway/* counter add user:support
    deny  gateway/* counter add
    allow gateway/* *       *
    """

  private static func node(_ id: String, _ store: MemoryStore, _ rules: AccessRules) async throws -> Node {
    var configuration = NodeConfiguration(cluster: "test", id: id, shardCount: 16)
    configuration.access = rules
    configuration.identities = .signed(IdentityKeys([key.publicKey]))
    configuration.overload = .off
    return try await Node.start(configuration, store: store) {
      $0.register(Counter.self)
      $0.register(Relay.self)
    }
  }

  private static func user(_ roles: [String]) async throws -> SignedIdentity {
    let loop = try UVLoop.start(index: 0, name: "clock")
    defer { loop.stop() }
    return try IdentityIssuer(key: key, cluster: "test").identity(of: "alice", roles: roles, now: loop.wallClock())
  }

  /// One counter on each node.
  private static func counters(_ cluster: Cluster) async throws -> [String] {
    while true {
      let status = try await cluster.status()
      let names = [0, 1].compactMap { node in
        (0..<200).map { "k\($0)" }.first {
          Int(status.owners[shardIndex(of: entityHash(kindID: kindID("counter"), id: $0), shardCount: status.shardCount)]) == node
        }
      }
      if status.nodes.count == 2, names.count == 2 { return names }
    }
  }

  private static func visit(
    _ rules: AccessRules, _ body: (Cluster, [String], (String, [UInt8], SignedIdentity?) async -> CallError?) async throws -> Void
  ) async throws {
    let store = MemoryStore()
    let nodes = [try await node("n1", store, rules), try await node("n2", store, rules)]
    let client = try await Client.connect(
      to: nodes[0].addresses.compactMap { SocketAddress($0) }, cluster: "test", name: "g1", tls: nil)
    let cluster = client.cluster
    let names = try await counters(cluster)
    try await body(cluster, names) { name, arguments, user in
      var options = CallOptions()
      if let user { options.caller = CallerIdentity(user) }
      do {
        _ = try await cluster.call(
          kind: "counter", id: name, method: methodID(kind: "counter", name: "add"), isQuery: false, isRepeatable: false,
          arguments: arguments, options: options)
        return nil
      } catch {
        return error as? CallError
      }
    }
    await client.close()
    for node in nodes { await node.stop() }
  }

  @Test(.timeLimit(.minutes(1))) func whoLacksTheRoleIsRefusedByNameBeforeHisArgumentsAreRead() async throws {
    let (support, customer) = (try await Self.user(["customer", "support"]), try await Self.user(["customer"]))
    try await Self.visit(try AccessRules(parsing: Self.rules)) { (cluster, names, add) async throws -> Void in
      for name in names {
        #expect(await add(name, [0xff, 0xff], support)?.code == .badArguments, "he may, so they are read")
        for user in [customer, nil] {
          let error = await add(name, [0xff, 0xff], user)
          #expect(error?.code == .refused && error?.executed == .no)
          let words = "gateway g1 may not call counter.add for a user without the role support"
          #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        #expect(try await cluster.entity(Counter.self, name).value() == 0)
        #expect(try await cluster.entity(Counter.self, name).as(support).add(2) == 2)
      }
      // Nodes are not asked: each counter adds through the other, in whosever name.
      #expect(try await cluster.entity(Counter.self, names[0]).as(customer).addThrough([names[1]]) == 3)
    }
  }

  @Test(.timeLimit(.minutes(1))) func withoutTheRuleEverybodyIsServed() async throws {
    let customer = try await Self.user(["customer"])
    try await Self.visit(.everything) { (cluster, names, add) async throws -> Void in
      for name in names {
        for user in [customer, nil] { #expect(await add(name, [0xff, 0xff], user)?.code == .badArguments) }
        #expect(try await cluster.entity(Counter.self, name).as(customer).add(2) == 2)
        #expect(try await cluster.entity(Counter.self, name).add(2) == 4)
      }
    }
  }

  @Test func aNodeThatTakesUnsignedNamesDoesNotStartWithSuchARule() async throws {
    var configuration = NodeConfiguration(cluster: "test", id: "n1", shardCount: 16)
    configuration.access = try AccessRules(parsing: Self.rules)
    let error = await #expect(throws: StartError.self) {
      _ = try await Node.start(configuration, store: MemoryStore()) { $0.register(Counter.self) }
    }
    #expect(error?.description.contains("names that nobody has signed") == true, "\(error?.description ?? "")")
  }
}
