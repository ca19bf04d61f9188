// Bounds on what a link keeps for a peer that does not read.
import Testing
import TroupeNet
import TroupeTransport

@Suite("Overload")
struct OverloadTests {
  @Test("past 64 MiB of large calls that wait new ones are refused; once they have left they are not", arguments: Ground.allCases)
  func calls(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform {
        $0.recorder.recordsCalls = false
        $0.recorder.answer = .bytes(1)
      }
      _ = await pair.gateway.call()
      let large = [UInt8](repeating: 1, count: 1 << 20)
      await withTaskGroup(of: ReplyStatus.self) { group in
        await pair.gateway.perform { $0.recorder.mayFlush = false }
        for _ in 0..<72 { group.addTask { await pair.gateway.call("n1", "big", large).status } }
        var counts: [ReplyStatus: Int] = [:]
        for _ in 0..<8 { counts[await group.next()!, default: 0] += 1 }
        #expect(counts == [.overloaded: 8], "they are refused at once")
        await pair.gateway.perform { $0.recorder.mayFlush = true }
        for await status in group { counts[status, default: 0] += 1 }
        #expect(counts == [.overloaded: 8, .value: 64])
      }
      #expect(await pair.gateway.call("n1", "alice").status == .value)
    }
  }

  @Test("a peer that calls and never reads has its calls refused unseen from 16 MiB on", arguments: Ground.allCases)
  func answers(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform {
        $0.recorder.answer = .bytes(4 << 20)
        $0.recorder.mayFlush = false
      }
      let calls = (0..<8).flatMap { RawFrames.call(request: UInt32($0), entity: "e\($0)") }
      await pair.gateway.sendRaw(RawFrames.hello(maxFrame: 16 << 20) + calls + RawFrames.frame(5, RawFrames.u64(3)), to: pair.address)
      await pair.node.events.first { $0 == .epoch(3) }
      let seen = pair.node.events.all.filter { if case .called = $0 { true } else { false } }
      #expect(seen == (0..<4).map { .called(entity: "e\($0)") })
    }
  }

  @Test("answers past 32 MiB that nobody reads end the link", arguments: Ground.allCases)
  func end(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform {
        $0.recorder.answer = .later
        $0.recorder.mayFlush = false
      }
      let large = [UInt8](repeating: 0, count: 5 << 20)
      let calls = (0..<8).flatMap { RawFrames.call(request: UInt32($0), entity: "e\($0)", arguments: large) }
      await pair.gateway.sendRaw(RawFrames.hello(maxFrame: 16 << 20) + calls, to: pair.address)
      await pair.node.events.first { $0 == .called(entity: "e7") }
      await pair.node.perform { $0.recorder.release() }
      #expect(await pair.node.events.closed() == "output-limit")
    }
  }
}
