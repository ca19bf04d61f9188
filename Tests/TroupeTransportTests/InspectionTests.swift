// Looking through links that are open: whom the deny-list names is cut, on either side, and nobody else.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Inspection")
struct InspectionTests {
  private static func list(_ text: String) throws -> DenyList { try DenyList(parsing: text) }

  @Test("who is denied loses the link it has, by itself, and gets no other; let in again, it calls again")
  func accepted() async throws {
    try await withPair(.tls) { pair in
      #expect(await pair.gateway.call().status == .value)
      pair.node.security?.deny(try Self.list("spiffe://test/gateway/g1"))
      #expect(await pair.node.events.closed() == "denied")
      #expect(await pair.gateway.call().status == .neverSent)
      pair.node.security?.deny(DenyList())
      #expect(await pair.gateway.call().status == .value)
    }
  }

  @Test("who dialled cuts a denied peer too; calls under way may have been executed")
  func dialled() async throws {
    try await withPair(.tls) { pair in
      await pair.node.perform { $0.recorder.answer = .never }
      async let lost = pair.gateway.call("n1", "lost")
      await pair.node.events.first { $0 == .called(entity: "lost") }
      pair.gateway.security?.deny(try Self.list("spiffe://test/node/n1"))
      await pair.gateway.perform { $0.peers.inspectLinks() }
      #expect(await lost.status == .connectionLost)
      #expect(await pair.gateway.events.closed() == "denied")
    }
  }

  @Test("a list that names somebody else cuts nobody")
  func others() async throws {
    try await withPair(.tls) { pair in
      _ = await pair.gateway.call()
      for side in [pair.node, pair.gateway] {
        side.security?.deny(try Self.list("spiffe://test/node/n9"))
        await side.perform { $0.peers.inspectLinks() }
      }
      #expect(await pair.gateway.call().status == .value)
      #expect(pair.node.events.all.filter { if case .closed = $0 { true } else { false } }.isEmpty)
    }
  }
}
