// What a link and a loop say of themselves, beside what really went over them.
import Testing
import TroupeNet
import TroupeTesting
import TroupeWire

@testable import TroupeTransport

@Suite("Link reports")
struct LinkReportTests {
  @Test("both sides tell the same of one link", arguments: Ground.allCases)
  func bothSides(ground: Ground) async throws {
    try await withPair(ground) { pair in
      for number in 0..<50 { #expect(await pair.gateway.call("n1", "e\(number)", repeated([7], to: number * 40)).status == .value) }
      let (own, other) = await Self.settled(pair)
      #expect(own.links.count == 1 && other.links.count == 1)
      let (dialled, accepted) = (own.links[0], other.links[0])
      #expect(dialled.isOutgoing && !accepted.isOutgoing)
      #expect([dialled.peer, dialled.role, accepted.peer, accepted.role] == ["n1", "node", "g1", "gateway"])
      #expect(dialled.state == .open && accepted.state == .open)
      #expect(dialled.framesOut == accepted.framesIn && dialled.bytesOut == accepted.bytesIn)
      #expect(accepted.framesOut == dialled.framesIn && accepted.bytesOut == dialled.bytesIn)
      // HELLO, and 50 calls or answers; output that brings calls begins with a STAMP.
      #expect(dialled.framesOut > 50 && accepted.framesOut > 50 && dialled.bytesOut > 50 * 40 * 25)
      #expect(dialled.calls == 0 && dialled.queuedBytes == 0 && dialled.heldFrames == 0)
      #expect(
        dialled.features == .known
          && dialled.features.names == ["chunks", "stamps", "cancel", "goaway", "lz4", "bulk", "orphans", "identities"])
      #expect(dialled.identity == "spiffe://test/node/n1")
      #expect(dialled.idle != nil && dialled.heard != nil && accepted.idle == nil && accepted.heard != nil)
      #expect(other.accepted == 1 && own.accepted == 0)
    }
  }

  @Test("large messages count the chunks they travel in", arguments: Ground.allCases)
  func chunks(ground: Ground) async throws {
    try await withPair(ground) { pair in
      #expect(await pair.gateway.call("n1", "echo", repeated([1, 2, 3], to: 1_000_000)).status == .value)
      let (own, other) = await Self.settled(pair)
      #expect(own.links[0].framesOut == other.links[0].framesIn && own.links[0].framesIn == other.links[0].framesOut)
      #expect(own.links[0].framesOut > 2 * 1_000_000 / UInt64(ChunkLimits.chunk), "chunks one way, credits for those of the other")
      #expect(own.links[0].largeMessages == 0 && own.links[0].creditsInUse == 0 && other.arrivingBytes == 0)
    }
  }

  /// Both reports once nothing is under way any more: credits come behind the answer.
  private static func settled(_ pair: Pair) async -> (PeersReport, PeersReport) {
    while true {
      let own = await pair.gateway.perform { $0.peers.report() }
      let other = await pair.node.perform { $0.peers.report() }
      let (dialled, accepted) = (own.links[0], other.links[0])
      if dialled.framesOut == accepted.framesIn, accepted.framesOut == dialled.framesIn, dialled.creditsInUse == 0,
        accepted.creditsInUse == 0
      {
        return (own, other)
      }
      await Task.yield()
    }
  }

  @Test("what waits is shown while it waits")
  func waiting() async throws {
    try await withPair(.simulated) { pair in
      _ = await pair.gateway.call()
      await pair.gateway.perform { $0.recorder.mayFlush = false }
      async let reply = pair.gateway.call("n1", "held", repeated([1], to: 500))
      async let large = pair.gateway.call("n1", "large", repeated([1], to: 300_000))
      await pair.rest(.milliseconds(100))
      let held = await pair.gateway.perform { $0.peers.report().links[0] }
      #expect(held.state == .held && held.calls == 2 && held.queuedBytes > 300_500 && held.heldFrames > 0 && held.largeMessages == 1)
      #expect(held.idle == .zero)
      await pair.gateway.perform { $0.recorder.mayFlush = true }
      #expect(await reply.status == .value)
      #expect(await large.status == .value)
      await pair.rest(.milliseconds(100))  // credits for the answer
      let after = await pair.gateway.perform { $0.peers.report().links[0] }
      #expect(after.state == .open && after.calls == 0 && after.queuedBytes == 0 && after.largeMessages == 0)
    }
  }

  @Test("a link that cannot be made says so, and how many calls wait")
  func connecting() async throws {
    try await withPair(.simulated) { pair in
      pair.world?.network.cut("n1", "g1")
      async let reply = pair.gateway.call(within: .seconds(1))
      await pair.rest(.milliseconds(200))
      let link = await pair.gateway.perform { $0.peers.report().links[0] }
      #expect(link.state == .connecting && link.calls == 1 && link.peer == "n1" && link.role == "node")
      #expect(link.idle == nil && link.heard == nil && link.age >= .milliseconds(190) && link.features == [])
      #expect(await reply.status == .deadlineExceeded)
      pair.world?.network.healAll()
    }
  }

  @Test("an idle link knows its round trip, its age, and for how long nobody has called")
  func idle() async throws {
    try await withPair(.simulated) { pair in
      _ = await pair.gateway.call()
      #expect(await pair.gateway.perform { $0.peers.report().links[0].roundTrip } == nil)
      await pair.rest(.seconds(5))
      let link = await pair.gateway.perform { $0.peers.report().links[0] }
      let trip = try #require(link.roundTrip)
      #expect(trip > .zero && trip < .milliseconds(500))
      let idle = try #require(link.idle)
      #expect(idle >= .seconds(4) && link.age >= .seconds(5) && link.age < .seconds(6))
    }
  }

  @Test("a PONG that answers something else is no round trip")
  func roundTrips() {
    var trip = RoundTrip()
    trip.answered(1, at: Instant(nanoseconds: 5))
    #expect(trip.last == nil)
    trip.asks(2, at: Instant(nanoseconds: 10))
    trip.answered(1, at: Instant(nanoseconds: 15))
    #expect(trip.last == nil)
    trip.answered(2, at: Instant(nanoseconds: 30))
    trip.answered(2, at: Instant(nanoseconds: 90))
    #expect(trip.last == .nanoseconds(20))
  }

  @Test("how much smaller frames became is counted where they are sent")
  func compression() async throws {
    try await withPair(.simulated, policy: LinkPolicy(compression: .always)) { pair in
      _ = await pair.gateway.call()
      let text = repeated(Array("a cart with a mug, ".utf8), to: 20_000)
      #expect(await pair.gateway.call("n1", "echo", text).bytes == text)
      let link = await pair.gateway.perform { $0.peers.report().links[0] }
      #expect(link.bytesBeforeCompression > 20_000 && link.bytesAfterCompression < 4_000)
      let ratio = try #require(link.compressionRatio)
      #expect(ratio > 5)
      #expect(link.bytesOut < 5_000 && link.bytesIn > 20_000, "the answer comes as it is")
      #expect(await pair.node.perform { $0.peers.report().links[0].compressionRatio } == nil)
    }
  }

  @Test("a link on its way out says so")
  func leaving() async throws {
    try await withPair(.simulated) { pair in
      await pair.node.perform { $0.recorder.answer = .later }
      async let reply = pair.gateway.call("n1", "slow")
      await pair.node.events.first { $0 == .called(entity: "slow") }
      await pair.node.perform { for link in $0.peers.acceptedLinks { link.askToLeave(CloseReason(code: "old", detail: "a test")) } }
      await pair.rest(.milliseconds(300))
      #expect(await pair.gateway.perform { $0.peers.report().links.map(\.state) } == [.leaving])
      await pair.node.perform { $0.recorder.release() }
      #expect(await reply.status == .value)
    }
  }

  @Test("more links than fit are counted and not listed")
  func bound() async throws {
    try await withPair(.simulated) { pair in
      let count = Peers.reportedLinks + 10
      for _ in 0..<count { await pair.gateway.sendRaw([], to: pair.address) }
      await pair.rest(.milliseconds(500))
      let report = await pair.node.perform { $0.peers.report() }
      #expect(report.accepted == count && report.links.count == Peers.reportedLinks && report.leftOut == 10)
      #expect(report.links.allSatisfy { $0.state == .greeting && $0.peer.isEmpty && $0.role.isEmpty })
    }
  }

  @Test("how long calls wait is of the last second")
  func delay() async throws {
    try await withPair(.simulated) { pair in
      for _ in 0..<2 { _ = await pair.gateway.call() }
      #expect(await pair.node.perform { $0.peers.acceptedLinks[0].stampedAt } != nil)
      await pair.node.perform { parts in
        // The same way, 40 ms longer.
        parts.peers.acceptedLinks[0].stamped(UInt64(bitPattern: parts.peers.loop.freshNow().nanoseconds))
        parts.peers.acceptedLinks[0].stamped(UInt64(bitPattern: parts.peers.loop.freshNow().nanoseconds - 40_000_000))
      }
      #expect(await pair.node.perform { $0.peers.report().queueDelay } >= .milliseconds(40))
      await pair.rest(.milliseconds(1_100))
      #expect(await pair.node.perform { $0.peers.report().queueDelay } == .zero)
    }
  }

  @Test("a report of a newer process is read, with whatever it has more")
  func newer() throws {
    let report = LinkReport(
      loop: 1, number: 2, peer: "n1", role: "node", peerLoop: 3, address: "a:1", isOutgoing: true, state: .init(rawValue: "resting"),
      age: .seconds(1), idle: nil, heard: .zero, roundTrip: nil, calls: 4, framesIn: 5, framesOut: 6, bytesIn: 7, bytesOut: 8,
      queuedBytes: 9, heldFrames: 10, largeMessages: 11, creditsInUse: 12, arrivingBytes: 13, bytesBeforeCompression: 14,
      bytesAfterCompression: 15, features: LinkFeatures(rawValue: 1 << 40), identity: nil, isControl: true)
    var bytes = report.wireBytes
    bytes[0] += 1
    bytes.append(99)
    #expect(try LinkReport(wireBytes: bytes) == report)
  }

  @Test("a report of a process that does not tell of control links yet is read")
  func older() throws {
    var report = LinkReport(
      loop: 1, number: 2, peer: "n1", role: "node", peerLoop: 3, address: "a:1", isOutgoing: true, state: .open, age: .seconds(1),
      idle: nil,
      heard: .zero, roundTrip: nil, calls: 4, framesIn: 5, framesOut: 6, bytesIn: 7, bytesOut: 8, queuedBytes: 9, heldFrames: 10,
      largeMessages: 11, creditsInUse: 12, arrivingBytes: 13, bytesBeforeCompression: 14, bytesAfterCompression: 15, features: [],
      identity: "n", isControl: true)
    var bytes = report.wireBytes
    bytes[0] -= 1
    bytes.removeLast()
    report.isControl = false
    #expect(try LinkReport(wireBytes: bytes) == report)
  }
}
