// Frames made smaller: what it saves, what it leaves alone, and that nothing changes on the way.
import Testing
import TroupeNet
import TroupeWire

@testable import TroupeTransport

@Suite("Compression")
struct CompressionTests {
  static let always = LinkPolicy(compression: .always)
  static let text = Array(String(repeating: "a cart with a mug and a spoon, ", count: 2_000).utf8)
  static let noise = (0..<62_000).map { UInt8(truncatingIfNeeded: entityHash(kindID: UInt32($0), id: "noise")) }

  @Test("calls and answers of every size arrive as they were", arguments: Ground.allCases)
  func sizes(ground: Ground) async throws {
    try await withPair(ground, policy: Self.always) { pair in
      for size in [0, 100, 1_023, 1_024, 5_000, 60_000, 65_500, 100_000, 1_000_000] {
        for source in [Self.text, Self.noise] {
          let bytes = repeated(source, to: size)
          #expect(await pair.gateway.call("n1", "echo", bytes).bytes == bytes, "\(size) bytes")
        }
      }
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].compresses })
      #expect(await pair.node.perform { $0.peers.acceptedLinks[0].compresses } == false, "each side decides for itself")
    }
  }

  @Test("text becomes smaller, noise stays as it is")
  func shrinking() throws {
    for (bytes, isSmaller) in [(Self.text, true), (Self.noise, false)] {
      var writer = Writer()
      ControlFrames.writePing(1, to: &writer)
      let before = writer.count
      let start = writer.beginFrame(.reply)
      writer.append(bytes)
      writer.endFrame(start)
      let whole = writer.bytes
      #expect(CompressedFrame.shrink(from: start, in: &writer) == isSmaller)
      #expect((writer.count < whole.count) == isSmaller)
      #expect(writer.bytes.prefix(before) == whole.prefix(before))
      guard isSmaller else { continue }
      let frame = writer.bytes
      #expect(try CompressedFrame.open(frame.span.bytes.extracting((start + 4)..<frame.count)) == Array(whole[(start + 4)...]))
    }
  }

  @Test("only links between zones that are known compress, unless told otherwise")
  func zones() async throws {
    let cases: [(LinkPolicy.Compression, String, String, Bool)] = [
      (.betweenZones, "a", "b", true), (.betweenZones, "a", "a", false), (.betweenZones, "", "b", false), (.off, "a", "b", false),
      (.always, "", "", true),
    ]
    for (compression, own, other, expected) in cases {
      var local = hello("g1", .gateway)
      local.zone = own
      var peer = hello("n1")
      peer.zone = other
      try await withPair(.simulated, gatewayHello: local, nodeHello: peer, policy: LinkPolicy(compression: compression)) { pair in
        _ = await pair.gateway.call()
        #expect(await pair.gateway.perform { $0.peers.openLinks[0].compresses } == expected, "\(compression) from \(own) to \(other)")
      }
    }
  }

  @Test("what does not pay is tried ever more rarely")
  func pauses() {
    var hint = CompressionGuard()
    var tries: [Int] = []
    for frame in 0..<2_000 where hint.wantsTry() {
      tries.append(frame)
      hint.tried(hasPaid: false)
    }
    #expect(Array(tries.prefix(6)) == [0, 2, 5, 10, 19, 36])
    #expect(tries.suffix(2).reduce(0) { $1 - $0 } == CompressionGuard.longestPause + 1)
    while !hint.wantsTry() {}
    hint.tried(hasPaid: true)
    let triesAgain = hint.wantsTry()
    #expect(triesAgain)
  }

  @Test("a block that is not what it claims is refused")
  func lies() throws {
    let compressed = LZ4Block.compress(Self.text.span.bytes, limit: Self.text.count)
    let block = try #require(compressed)
    for (claimed, bytes) in [(Self.text.count + 1, block), (Self.text.count - 1, block), (100, Self.noise), (70_000, block), (0, block)] {
      var writer = Writer()
      writer.byte(FrameType.compressed.rawValue)
      writer.fixed32(UInt32(claimed))
      writer.append(bytes)
      let frame = writer.bytes
      #expect(throws: FrameError.self) { try CompressedFrame.open(frame.span.bytes) }
    }
  }
}
