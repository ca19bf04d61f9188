// What a policy turns off, seen on a link in virtual time.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Link policy")
struct LinkPolicyTests {
  @Test("a side offers only what its policy says")
  func features() async throws {
    var policy = LinkPolicy()
    policy.features.subtract([.chunks, .goAway])
    try await withPair(.simulated, policy: policy) { pair in
      _ = await pair.gateway.call()
      let features = await pair.gateway.perform { $0.peers.openLinks.first?.features }
      #expect(features == LinkFeatures.known.subtracting([.chunks, .goAway]))
    }
  }

  @Test("past the bound of calls in flight callers hear that there is no room")
  func bound() async throws {
    var policy = LinkPolicy()
    policy.callsInFlight = 1
    try await withPair(.simulated, policy: policy) { pair in
      _ = await pair.gateway.call()
      await pair.node.perform { $0.recorder.answer = .never }
      async let first = pair.gateway.call("n1", "first")
      await pair.node.events.first { $0 == .called(entity: "first") }
      #expect(await pair.gateway.call("n1", "second").status == .overloaded)
      #expect(await first.status == .timedOut)
    }
  }
}
