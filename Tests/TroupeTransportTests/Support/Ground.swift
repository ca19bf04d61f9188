// The two grounds on which every dialogue is held: a simulated network in virtual time, and real sockets with TLS.
import Testing
import TroupeNet
import TroupeTesting
import TroupeTransport

enum Ground: String, CaseIterable, CustomTestStringConvertible {
  case simulated, tls
  var testDescription: String { rawValue }
}

/// A node `n1` that listens, and a gateway `g1` that knows its address.
struct Pair: Sendable {
  let node: Side
  let gateway: Side
  let address: SocketAddress
  /// The simulated world, when there is one.
  let world: SimulatedWorld?
}

func hello(_ name: String, _ role: PeerRole = .node, cluster: String = "test") -> HelloInfo {
  HelloInfo(cluster: cluster, name: name, role: role, incarnation: 1)
}

/// Runs `body` on the gateway's loop, with both sides up; on either ground.
///
/// - Parameter gatewayHello: what the gateway says of itself; its certificate always says `gateway/g1`.
func withPair(
  _ ground: Ground, seed: UInt64 = 1, gatewayHello: HelloInfo = hello("g1", .gateway), nodeHello: HelloInfo = hello("n1"),
  policy: LinkPolicy = LinkPolicy(), keys: IdentityKeys? = nil,
  _ body: @escaping @Sendable (Pair) async throws -> Void
) async throws {
  switch ground {
  case .simulated:
    let world = SimulatedWorld(seed: seed)
    let one = world.makeLoop(host: "n1", identity: PeerIdentity("spiffe://test/node/n1"))
    let two = world.makeLoop(host: "g1", identity: PeerIdentity("spiffe://test/gateway/g1"))
    let node = one.perform { Side(one, nodeHello, security: nil, keys: keys) }
    let gateway = two.perform { Side(two, gatewayHello, security: nil, policy: policy) }
    try world.run(on: two) { try await hold(node, gateway, host: "n1", world, body) }
  case .tls:
    let certificates = try TestCertificates.shared.get()
    let one = try UVLoop.start(index: 0, name: "n1")
    let two = try UVLoop.start(index: 0, name: "g1")
    defer {
      one.stop()
      two.stop()
    }
    let node = Side(one, nodeHello, security: try certificates.context("n1"), keys: keys)
    let gateway = Side(two, gatewayHello, security: try certificates.context("g1"), policy: policy)
    try await Task(executorPreference: two) { try await hold(node, gateway, host: "127.0.0.1", nil, body) }.value
  }
}

private func hold(
  _ node: Side, _ gateway: Side, host: String, _ world: SimulatedWorld?, _ body: @Sendable (Pair) async throws -> Void
) async throws {
  let address = try await node.listen(on: host)
  await gateway.perform { _ = $0.peers.set("n1", addresses: [address]) }
  try await body(Pair(node: node, gateway: gateway, address: address, world: world))
  await gateway.close()
  await node.close()
}
