// The pool: dialling when needed, waiting meanwhile, giving up, trying again, and silence.
import Testing
import TroupeNet
import TroupeTesting

@testable import TroupeTransport

@Suite("Peers")
struct PeersTests {
  private let nowhere = SocketAddress(host: "n9", port: 7)

  @Test("nothing is dialled before somebody calls")
  func lazy() async throws {
    try await withPair(.simulated) { pair in
      #expect(await pair.gateway.perform { $0.peers.openLinks.count } == 0)
      #expect(pair.node.events.all.isEmpty)
      _ = await pair.gateway.call()
      _ = await pair.gateway.call()
      #expect(await pair.gateway.perform { $0.peers.openLinks.count } == 1)
      #expect(await pair.node.perform { $0.peers.acceptedLinks.count } == 1)
    }
  }

  @Test("calls to nobody are told that nothing was sent; attempts come with growing pauses")
  func unreachable() async throws {
    try await withPair(.simulated) { pair in
      await pair.gateway.perform { _ = $0.peers.set("n9", addresses: [nowhere]) }
      var pauses: [Duration] = []
      for _ in 0..<6 {
        let began = pair.gateway.loop.freshNow()
        #expect(await pair.gateway.call("n9").status == .neverSent)
        pauses.append(pair.gateway.loop.freshNow() - began)
      }
      #expect(pauses[0] < .milliseconds(5))
      for (index, step) in [25, 50, 100, 200, 400].enumerated() {
        #expect(pauses[index + 1] >= .milliseconds(step) && pauses[index + 1] <= .milliseconds(2 * step + 10))
      }
    }
  }

  @Test("a call whose time is up while it waits for a link is never sent")
  func expiredWhileWaiting() async throws {
    try await withPair(.simulated) { pair in
      pair.world?.network.cut("g1", "n1")
      async let longer = pair.gateway.call("n1", "longer", [1], within: .seconds(4))
      let expired = await pair.gateway.call("n1", "expired", within: .milliseconds(500))
      #expect(expired.status == .deadlineExceeded)
      pair.world?.network.heal("g1", "n1")
      #expect(await longer.bytes == [1])
      #expect(!pair.node.events.all.contains(.called(entity: "expired")))
      let timeLeft = await pair.node.perform { $0.recorder.last?.timeLeft ?? 0 }
      #expect(timeLeft > 3_000_000 && timeLeft < 3_500_001, "the wait is taken off the time left")
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].pendingCalls } == 0)
    }
  }

  @Test("no more than 4,096 calls wait for a link")
  func waitingLimit() async throws {
    try await withPair(.simulated) { pair in
      await withTaskGroup(of: ReplyStatus.self) { group in
        for number in 0..<5_000 { group.addTask { await pair.gateway.call("n1", "e\(number)").status } }
        var counts: [ReplyStatus: Int] = [:]
        for await status in group { counts[status, default: 0] += 1 }
        #expect(counts == [.value: 4_096, .overloaded: 904])
      }
    }
  }

  @Test("three seconds of silence end a link, and its calls may have been executed")
  func silence() async throws {
    try await withPair(.simulated) { pair in
      _ = await pair.gateway.call()
      let began = pair.gateway.loop.freshNow()
      pair.world?.network.cut("g1", "n1")
      #expect(await pair.gateway.call("n1", "lost", within: .seconds(60)).status == .connectionLost)
      let took = pair.gateway.loop.freshNow() - began
      #expect(took >= .seconds(3) && took < .seconds(4))
      #expect(await pair.gateway.events.closed() == "timeout")
      pair.world?.network.heal("g1", "n1")
      #expect(await pair.gateway.call("n1", "again", [1]).bytes == [1])
    }
  }

  @Test("an idle link lives on")
  func idle() async throws {
    try await withPair(.simulated) { pair in
      _ = await pair.gateway.call()
      await withCheckedContinuation { continuation in
        pair.gateway.loop.execute { pair.gateway.loop.schedule(after: .seconds(60)) { continuation.resume() } }
      }
      _ = await pair.gateway.call()
      #expect(pair.gateway.events.all == [.opened("node n1/0")])
    }
  }

  @Test("a crash is a lost connection; the restarted node is found again")
  func crash() async throws {
    try await withPair(.simulated) { pair in
      _ = await pair.gateway.call()
      await pair.node.perform { $0.recorder.answer = .never }
      async let lost = pair.gateway.call("n1", "lost")
      await pair.node.events.first { $0 == .called(entity: "lost") }
      pair.world?.network.crash("n1")
      #expect(await lost.status == .connectionLost)
      #expect(await pair.gateway.call().status == .neverSent)

      let loop = pair.world!.makeLoop(host: "n1", identity: PeerIdentity("spiffe://test/node/n1"))
      let again = Side(loop, hello("n1"), security: nil)
      let address = try await again.listen(on: "n1")
      await pair.gateway.perform { _ = $0.peers.set("n1", addresses: [address]) }
      #expect(await pair.gateway.call("n1", "back", [7]).bytes == [7])
      await again.close()
    }
  }

  @Test("whoever answers at a node's address must be that node", arguments: Ground.allCases)
  func somebodyElse(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.gateway.perform { _ = $0.peers.set("n2", addresses: [pair.address]) }
      #expect(await pair.gateway.call("n2").status == .neverSent)
      #expect(await pair.gateway.events.closed() == "refused-identity")
    }
  }

  @Test("a seed is any node at an address", arguments: Ground.allCases)
  func seed(ground: Ground) async throws {
    try await withPair(ground) { pair in
      let reply = await withUnsafeContinuation { continuation in
        pair.gateway.loop.execute { pair.gateway.askSeed(pair.address, continuation) }
      }
      #expect(reply.bytes == [2, 1])
      #expect(await pair.gateway.perform { $0.peers.openLinks.first?.peer?.name } == "n1")
    }
  }

  @Test("a seed is asked again over the link that is there")
  func seedAgain() async throws {
    try await withPair(.simulated) { pair in
      for _ in 0..<3 {
        let reply = await withUnsafeContinuation { continuation in
          pair.gateway.loop.execute { pair.gateway.askSeed(pair.address, continuation) }
        }
        #expect(reply.status == .value)
      }
      #expect(await pair.node.perform { $0.peers.acceptedLinks.count } == 1)
    }
  }

  @Test("a peer that was removed, or a loop that it has not, gets a link that has ended")
  func removed() async throws {
    try await withPair(.simulated) { pair in
      _ = await pair.gateway.call()
      await pair.gateway.perform { parts in
        let peer = parts.peers.peer("n1")!
        #expect(peer.link(toLoop: 1).hasEnded)
        #expect(peer.openLink(toLoop: 0) != nil)
        parts.peers.remove("n1")
        #expect(peer.link(toLoop: 0).hasEnded)
        #expect(peer.openLink(toLoop: 0) == nil)
        #expect(parts.peers.peer("n1") == nil)
      }
      #expect(await pair.node.events.closed() == "end-of-file")
      #expect(await pair.node.perform { $0.peers.acceptedLinks.count } == 0)
    }
  }

  @Test("a peer that moves is found where it is now")
  func moved() async throws {
    try await withPair(.simulated) { pair in
      await pair.gateway.perform { _ = $0.peers.set("n1", addresses: [nowhere]) }
      #expect(await pair.gateway.call().status == .neverSent)
      async let waiting = pair.gateway.call("n1", "alice", [5])
      await pair.gateway.perform { _ = $0.peers.set("n1", addresses: [pair.address]) }
      #expect(await waiting.bytes == [5])
    }
  }

  @Test("a closed pool refuses and forgets", arguments: Ground.allCases)
  func close(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform { $0.recorder.answer = .never }
      async let lost = pair.gateway.call("n1", "lost")
      await pair.node.events.first { $0 == .called(entity: "lost") }
      let kept = await pair.gateway.perform { parts in
        let peer = LoopBound(parts.peers.peer("n1")!, on: pair.gateway.loop)
        parts.peers.close()
        return peer
      }
      #expect(await lost.status == .connectionLost)
      #expect(await pair.node.events.closed() == "end-of-file")
      let late = await withUnsafeContinuation { continuation in
        pair.gateway.loop.execute {
          kept.value.link(toLoop: 0).call(pair.gateway.head(.seconds(1)), entity: "late", write: { _ in }, reply: ReplyWaiter(continuation))
        }
      }
      #expect(late.status == .neverSent)
      #expect(await pair.node.perform { $0.peers.acceptedLinks.count } == 0)
    }
  }
}
