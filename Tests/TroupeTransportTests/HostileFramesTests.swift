// What a peer must not send. Each ends its own link with a reason that has a name, and nobody else notices.
import Testing
import TroupeNet
import TroupeTransport

/// Bytes that a stranger with a good certificate sends, and the code of the reason for which its link ends.
struct Hostile: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let code: String

  init(_ name: String, _ bytes: [UInt8], _ code: String = "protocol-violation") {
    testDescription = name
    self.bytes = bytes
    self.code = code
  }

  static let beforeHello = [
    Hostile("a random stream", (0..<5_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }),
    Hostile("an HTTP request", Array("GET / HTTP/1.1\r\nHost: n1\r\n\r\n".utf8)),
    Hostile("a frame of 4 GB", RawFrames.u32(.max) + [1]),
    Hostile("a frame of nothing", RawFrames.u32(0) + [1]),
    Hostile("a hello of more than 64 KiB", RawFrames.u32(70_000) + [1]),
    Hostile("an unknown type", RawFrames.frame(99, [])),
    Hostile("a call before hello", RawFrames.call()),
    Hostile("another protocol's name", RawFrames.hello(magic: "EPRT")),
    Hostile("a hello cut short", RawFrames.frame(1, Array("TRPE".utf8) + RawFrames.u16(1))),
    Hostile("a hello whose text runs over its end", RawFrames.frame(1, Array("TRPE".utf8) + [1, 0, 1, 0, 255, 255, 65])),
    Hostile("a hello that is not UTF-8", RawFrames.frame(1, Array("TRPE".utf8) + [1, 0, 1, 0, 1, 0, 0xFF, 1, 0, 65])),
    Hostile("versions in the wrong order", RawFrames.hello(versions: (3, 2))),
    Hostile("an unknown role", RawFrames.hello(role: 9)),
    Hostile("a loop that cannot be", RawFrames.hello(loops: (4, 4))),
    Hostile("frames that are too small", RawFrames.hello(maxFrame: 10)),
    Hostile("a wrong version", RawFrames.hello(versions: (2, 9)), "hello"),
    Hostile("a wrong cluster", RawFrames.hello(cluster: "other"), "hello"),
    Hostile("another name than the certificate's", RawFrames.hello(name: "g2"), "refused-identity"),
    Hostile("another role than the certificate's", RawFrames.hello(role: 1), "refused-identity"),
    Hostile("a name that no certificate can have", RawFrames.hello(name: "g1/../n1"), "refused-identity"),
    Hostile("a goodbye", RawFrames.frame(2, [1]), "end-of-file"),
    Hostile("a goodbye for a reason", RawFrames.frame(2, [99] + Array("why\nnot".utf8)), "refused-by-peer"),
  ]

  static let afterHello = [
    Hostile("hello twice", RawFrames.hello()),
    Hostile("an unknown type", RawFrames.frame(200, [1, 2, 3])),
    Hostile("a frame of 4 GB", RawFrames.u32(.max) + [16]),
    Hostile("a frame over the limit", RawFrames.u32(UInt32(TransportLimits.frame) + 1) + [16]),
    Hostile("a call cut short", RawFrames.frame(16, [UInt8](repeating: 0, count: 40))),
    Hostile("a call whose entity runs over its end", RawFrames.frame(16, [UInt8](repeating: 0, count: 53) + [9, 0, 65])),
    Hostile("a call with unknown flags", RawFrames.call(flags: 0x80)),
    Hostile("a call without the trace that it claims", RawFrames.call(flags: 2, entity: "", arguments: [])),
    Hostile("an identity that is not UTF-8", RawFrames.call(flags: 4, extras: [1, 0, 0xFF])),
    Hostile("a chain that runs over the end", RawFrames.call(flags: 8, extras: [255])),
    Hostile("an answer to nothing", RawFrames.reply(request: 0)),
    Hostile("an answer to a slot that never was", RawFrames.reply(request: 0xFFFF)),
    Hostile("an answer to another generation", RawFrames.reply(request: 0x0001_0000)),
    Hostile("an answer cut short", RawFrames.frame(17, [0, 0])),
    Hostile("an answer to no question", RawFrames.frame(33, RawFrames.u32(0) + [0])),
    Hostile("a question cut short", RawFrames.frame(32, [0, 0])),
    Hostile("a ping cut short", RawFrames.frame(3, [1])),
    Hostile("an epoch cut short", RawFrames.frame(5, [])),
  ]
}

@Suite("Hostile frames")
struct HostileFramesTests {
  @Test("before the hello", arguments: Hostile.beforeHello)
  func beforeHello(hostile: Hostile) async throws {
    try await expect(hostile.code, after: hostile.bytes, on: .simulated)
  }

  @Test("after the hello", arguments: Hostile.afterHello)
  func afterHello(hostile: Hostile) async throws {
    try await expect(hostile.code, after: RawFrames.hello() + hostile.bytes, on: .simulated)
  }

  @Test("all of them at once over TLS")
  func allOverTLS() async throws {
    let all = Hostile.beforeHello.map { ($0.bytes, $0.code) } + Hostile.afterHello.map { (RawFrames.hello() + $0.bytes, $0.code) }
    try await withPair(.tls) { pair in
      for (bytes, code) in all {
        let before = pair.node.events.all.count
        await pair.gateway.sendRaw(bytes, to: pair.address)
        await pair.node.events.waitForClosed(after: before, code)
      }
      #expect(await pair.gateway.call("n1", "alice", [1]).bytes == [1], "the node serves others")
    }
  }

  @Test("a hello that never comes ends the connection after three seconds")
  func lateHello() async throws {
    try await withPair(.simulated) { pair in
      let began = await pair.node.perform { _ in pair.node.loop.now }
      await pair.gateway.sendRaw([2, 0, 0], to: pair.address)
      #expect(await pair.node.events.closed() == "timeout")
      let took = await pair.node.perform { _ in pair.node.loop.now } - began
      #expect(took >= TransportLimits.hello && took < TransportLimits.hello + .milliseconds(100))
    }
  }

  @Test("a frame that drips ends its link after thirty seconds, however often a byte of it comes")
  func drippingFrame() async throws {
    try await withPair(.simulated) { pair in
      let began = await pair.node.perform { _ in pair.node.loop.now }
      // A call of 1,000 bytes that never becomes whole.
      await pair.gateway.drip(behind: RawFrames.hello() + RawFrames.u32(1_000) + [16], to: pair.address)
      #expect(await pair.node.events.closed() == "timeout")
      let took = await pair.node.perform { _ in pair.node.loop.now } - began
      #expect(took > .seconds(30) && took < .seconds(32))
    }
  }

  @Test("a peer is told why before its link ends")
  func goodbye() async throws {
    try await withPair(.simulated) { pair in
      await pair.gateway.sendRaw(RawFrames.hello(cluster: "other"), to: pair.address)
      _ = await pair.gateway.events.rawClosed()
      var received: [UInt8] = []
      for case .rawReceived(let bytes) in pair.gateway.events.all { received += bytes }
      #expect(received[4] == 2)
      #expect(received[5] == 3, "the code for a wrong cluster")
      #expect(String(decoding: received.dropFirst(6), as: UTF8.self) == "this is the cluster test, not \"other\"")
    }
  }

  @Test("frames cut anywhere and glued in any way are the same frames")
  func pieces() async throws {
    for seed in UInt64(1)...20 {
      try await withPair(.simulated, seed: seed) { pair in
        pair.world?.network.splitsOneIn = 1
        let calls = (0..<20).flatMap { RawFrames.call(request: UInt32($0), entity: "e\($0)") }
        await pair.gateway.sendRaw(RawFrames.hello() + calls, to: pair.address)
        await pair.node.events.first { $0 == .called(entity: "e19") }
        #expect(pair.node.events.all == [.opened("gateway g1/0")] + (0..<20).map { .called(entity: "e\($0)") })
      }
    }
  }

  @Test("damaged calls end their link or are calls; nothing else happens", arguments: 0..<200)
  func damage(seed: Int) async throws {
    var random = SeededRandom(seed: UInt64(seed))
    let chain = [1] + RawFrames.u32(7) + RawFrames.text("cart")
    var bytes = RawFrames.call(flags: 14, extras: [UInt8](repeating: 3, count: 25) + RawFrames.text("bob") + chain)
    for _ in 0..<(1 + random.next() % 4) { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
    let damaged = bytes
    try await withPair(.simulated) { pair in
      await pair.gateway.sendRaw(RawFrames.hello() + damaged + RawFrames.u32(0), to: pair.address)
      let code = await pair.gateway.events.first { if case .rawClosed = $0 { true } else { $0 == .rawOpened } }
      #expect(code == .rawOpened)
      #expect(await pair.gateway.call("n1", "alice", [1]).bytes == [1])
    }
  }

  private func expect(_ code: String, after bytes: [UInt8], on ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.gateway.sendRaw(bytes, to: pair.address)
      #expect(await pair.node.events.closed() == code)
      #expect(await pair.gateway.call("n1", "alice", [1]).bytes == [1], "the node serves others")
    }
  }
}
