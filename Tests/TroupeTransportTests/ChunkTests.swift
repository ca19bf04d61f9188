// Large calls and answers on a real link: what passes them, what waits for them, and how they end.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Chunks")
struct ChunkTests {
  static let large = repeated(Array(0...250), to: 3_000_000)

  @Test("a large call and its large answer arrive as they were", arguments: Ground.allCases)
  func echo(ground: Ground) async throws {
    try await withPair(ground) { pair in
      for size in [ChunkLimits.whole - 100, ChunkLimits.whole, ChunkLimits.whole + 1, 1_000_000, 4 << 20] {
        let bytes = repeated(Array(0...250), to: size)
        let reply = await pair.gateway.call("n1", "large", bytes)
        #expect(reply.status == .value)
        #expect(reply.bytes == bytes, "\(size) bytes")
      }
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].outgoing.pendingBytes } == 0)
    }
  }

  @Test("small calls to other entities pass a large one, those to its own wait behind it", arguments: Ground.allCases)
  func order(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first", [1])
      await pair.gateway.perform { $0.recorder.mayFlush = false }
      async let large = pair.gateway.call("n1", "large", Self.large)
      await pair.waitForCalls(1)
      async let other = pair.gateway.call("n1", "other", [2])
      await pair.waitForCalls(2)
      async let behind = pair.gateway.call("n1", "large", [3])
      await pair.waitForCalls(3)
      async let last = pair.gateway.call("n1", "last", [4])
      await pair.waitForCalls(4)
      await pair.gateway.perform { $0.recorder.mayFlush = true }
      #expect(await [other, behind, last].map(\.bytes) == [[2], [3], [4]])
      #expect(await large.bytes == Self.large)
      let calls = pair.node.events.all.filter { if case .called = $0 { true } else { false } }
      #expect(calls == ["first", "other", "last", "large", "large"].map { .called(entity: $0) })
    }
  }

  @Test("a large call that is not through by its deadline stays here and was not executed", arguments: Ground.allCases)
  func deadline(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first", [1])
      // Without a lease of its own nothing leaves the caller but control frames.
      await pair.gateway.perform { $0.recorder.mayFlush = false }
      let late = await pair.gateway.call("n1", "large", Self.large, within: .milliseconds(60))
      #expect(late.status == .deadlineExceeded)
      await pair.gateway.perform { $0.recorder.mayFlush = true }
      #expect(await pair.gateway.call("n1", "next", [4]).bytes == [4])
      #expect(!pair.node.events.all.contains(.called(entity: "large")))
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].pendingCalls } == 0)
    }
  }

  @Test("a peer that knows no chunks gets its frames whole", arguments: Ground.allCases)
  func older(ground: Ground) async throws {
    var old = hello("g1", .gateway)
    old.features = 0
    try await withPair(ground, gatewayHello: old) { pair in
      let reply = await pair.gateway.call("n1", "large", Self.large)
      #expect(reply.bytes == Self.large)
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].speaksChunks } == false)
    }
  }

  @Test("a link that ends says of large calls under way that nobody executed them", arguments: Ground.allCases)
  func lost(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first", [1])
      await pair.gateway.perform { $0.recorder.mayFlush = false }
      async let lost = pair.gateway.call("n1", "large", Self.large)
      while await pair.gateway.perform({ $0.peers.openLinks[0].outgoing.isEmpty }) {}
      await pair.gateway.perform { for link in $0.peers.openLinks { link.close() } }
      #expect(await lost.status == .neverSent)
    }
  }
}

extension Pair {
  /// Until so many calls of the gateway wait for an answer.
  func waitForCalls(_ count: Int) async {
    while await gateway.perform({ $0.peers.openLinks[0].pendingCalls }) < count {}
  }
}
