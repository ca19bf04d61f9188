// Links that are replaced: no call is lost, none overtakes another.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Leaving")
struct LeavingTests {
  static let calls = 400

  /// Calls one entity again and again from one task after another, each time with a new number, and says which came when.
  private func load(_ pair: Pair, while isWanted: @escaping @Sendable () async -> Void) async -> [LinkEvent] {
    await withTaskGroup(of: ReplyStatus.self) { group in
      for number in 0..<Self.calls {
        group.addTask { await pair.gateway.call("n1", "e\(number)").status }
        if number == Self.calls / 2 { await isWanted() }
        if number % 40 == 0 { await pair.gateway.perform { _ in } }
      }
      for await status in group { #expect(status == .value) }
    }
    return pair.node.events.all.filter { if case .called = $0 { true } else { false } }
  }

  @Test("a peer that asks to leave costs no call, and no call overtakes another", arguments: Ground.allCases)
  func goAway(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first")
      let called = await load(pair) {
        await pair.node.perform { for link in $0.peers.acceptedLinks { link.askToLeave(CloseReason(code: "old", detail: "a test")) } }
        while await pair.gateway.perform({ $0.recorder.opened }) < 2 { _ = await pair.gateway.call("n1", "more") }
      }
      let numbered = called.filter { $0 != .called(entity: "first") && $0 != .called(entity: "more") }
      #expect(numbered == (0..<Self.calls).map { .called(entity: "e\($0)") })
      #expect(await pair.gateway.events.closed() == "replaced")
      #expect(await pair.gateway.perform { $0.peers.openLinks.count } == 1)
    }
  }

  @Test("an old link is replaced before its time is up, and the one after it too")
  func age() async throws {
    try await withPair(.simulated, policy: LinkPolicy(maximumAge: .seconds(10))) { pair in
      for _ in 0..<60 {
        #expect(await pair.gateway.call().status == .value)
        await pair.rest(.milliseconds(500))
      }
      let opened = await pair.gateway.perform { $0.recorder.opened }
      #expect((3...4).contains(opened), "\(opened) links in 30 s")
      #expect(await pair.gateway.perform { $0.peers.openLinks.count } == 1)
    }
  }

  @Test(
    "calls wait in the new link until those on the old one have arrived, however slow that is; compressed ones too",
    arguments: [false, true])
  func order(isCompressed: Bool) async throws {
    let large = repeated(Array("a cart with a mug, ".utf8), to: 5_000)
    try await withPair(.simulated, policy: LinkPolicy(compression: isCompressed ? .always : .off)) { pair in
      _ = await pair.gateway.call("n1", "first")
      // The old one holds a call back; the new one could let its own out at once.
      await pair.gateway.perform { $0.recorder.refuses = $0.peers.openLinks[0] }
      async let old = pair.gateway.call("n1", "old", [1])
      while await pair.gateway.perform({ $0.peers.openLinks[0].pendingCalls }) < 1 {}
      await pair.gateway.perform { $0.peers.openLinks[0].retire() }
      async let new = pair.gateway.call("n1", "new", large)
      while await pair.gateway.perform({ $0.recorder.opened }) < 2 { await pair.rest(.milliseconds(1)) }
      await pair.rest(.milliseconds(200))
      #expect(!pair.node.events.all.contains(.called(entity: "new")))
      await pair.gateway.perform { $0.recorder.refuses = nil }
      #expect(await [old, new].map(\.bytes) == [[1], large])
      let called = pair.node.events.all.filter { if case .called = $0 { true } else { false } }
      #expect(called == ["first", "old", "new"].map { .called(entity: $0) })
    }
  }

  @Test("a link that nobody uses is closed, and the next call opens another")
  func idle() async throws {
    try await withPair(.simulated, policy: LinkPolicy(idleAfter: .seconds(5))) { pair in
      for _ in 0..<4 {
        #expect(await pair.gateway.call().status == .value)
        await pair.rest(.seconds(3))
      }
      #expect(await pair.gateway.perform { $0.recorder.opened } == 1)
      #expect(await pair.gateway.events.closed() == "idle")
      // It has not failed, so nobody waits before dialling again.
      let began = pair.gateway.loop.freshNow()
      #expect(await pair.gateway.call().status == .value)
      #expect(pair.gateway.loop.freshNow() - began < Backoff.shortest / 2)
      #expect(await pair.gateway.perform { $0.recorder.opened } == 2)
    }
  }

  @Test("a peer that does not know how is given its time, then the link ends")
  func older() async throws {
    var old = hello("g1", .gateway)
    old.features = 0
    try await withPair(.simulated, gatewayHello: old) { pair in
      _ = await pair.gateway.call()
      await pair.node.perform { for link in $0.peers.acceptedLinks { link.askToLeave(CloseReason(code: "old", detail: "a test")) } }
      for _ in 0..<10 {
        #expect(await pair.gateway.call().status == .value)
        await pair.rest(.seconds(2))
      }
      #expect(await pair.node.events.closed() == "old")
    }
  }
}

extension Pair {
  /// Lets virtual time pass.
  func rest(_ duration: Duration) async {
    await withCheckedContinuation { done in
      gateway.loop.execute { gateway.loop.schedule(after: duration) { done.resume() } }
    }
  }
}
