// Dialogues between two sides of a link, each held in the simulation and over real sockets with TLS.
import Testing
import TroupeNet
import TroupeTransport

@Suite("Link")
struct LinkTests {
  @Test("a call goes there and its answer comes back", arguments: Ground.allCases)
  func call(ground: Ground) async throws {
    try await withPair(ground) { pair in
      let reply = await pair.gateway.call("n1", "alice", [5, 6, 7])
      #expect(reply.status == .value)
      #expect(reply.bytes == [5, 6, 7])
      #expect(pair.gateway.events.all == [.opened("node n1/0")])
      #expect(pair.node.events.all == [.opened("gateway g1/0"), .called(entity: "alice")])
      let fields = await pair.node.perform { $0.recorder.last }
      #expect(fields?.method == 8)
      #expect(fields?.sequence == 10)
      #expect((4_000_000...5_000_000).contains(fields?.timeLeft ?? 0))
    }
  }

  @Test("calls are delivered in the order in which they were made, those made before the link opened too", arguments: Ground.allCases)
  func order(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask { _ = await pair.gateway.call("n1", "e\(number)") }
          if number % 50 == 0 { await pair.gateway.perform { _ in } }
        }
      }
      let calls = pair.node.events.all.filter { if case .called = $0 { true } else { false } }
      #expect(calls == (0..<200).map { .called(entity: "e\($0)") })
    }
  }

  @Test("answers may come in any order", arguments: Ground.allCases)
  func answersOutOfOrder(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform { $0.recorder.answer = .later }
      async let first = pair.gateway.call("n1", "first", [1])
      await pair.node.events.first { $0 == .called(entity: "first") }
      await pair.node.perform { $0.recorder.answer = .echo }
      let second = await pair.gateway.call("n1", "second", [2])
      await pair.node.perform { $0.recorder.release() }
      #expect(second.bytes == [2])
      #expect(await first.bytes == [1])
    }
  }

  @Test("a status travels with its text", arguments: Ground.allCases)
  func status(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform { $0.recorder.answer = .status(.badArguments, Array("no".utf8)) }
      let refused = await pair.gateway.call()
      #expect(refused.status == .badArguments)
      #expect(refused.text == "no")
      await pair.node.perform { $0.recorder.answer = .status(.overloaded, Array("full".utf8)) }
      let overloaded = await pair.gateway.call()
      #expect(overloaded.status == .overloaded)
      #expect(overloaded.text == "full")
      #expect(overloaded.retryAfter == .milliseconds(50))
    }
  }

  @Test("a call without an answer ends at its deadline, and a late answer does no harm", arguments: Ground.allCases)
  func deadline(ground: Ground) async throws {
    try await withPair(ground) { pair in
      // The link opens first: a call that never left ends otherwise.
      _ = await pair.gateway.call("n1", "first", [1])
      await pair.node.perform { $0.recorder.answer = .later }
      let late = await pair.gateway.call("n1", "slow", [9], within: .milliseconds(60))
      #expect(late.status == .timedOut)
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].pendingCalls } == 1, "the slot waits for the late answer")
      await pair.node.perform {
        $0.recorder.release()
        $0.recorder.answer = .echo
      }
      #expect(await pair.gateway.call("n1", "next", [4]).bytes == [4])
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].pendingCalls } == 0)
    }
  }

  @Test("a cancelled caller waits no longer, and the peer hears of it", arguments: Ground.allCases)
  func cancelled(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first", [1])
      await pair.node.perform { $0.recorder.answer = .later }
      let call = Task(executorPreference: pair.gateway.loop) { await pair.gateway.callHere("n1", "slow", [9]) }
      await pair.node.events.first { $0 == .called(entity: "slow") }
      call.cancel()
      #expect(await call.value.status == .abandoned)
      await pair.node.events.first { $0 == .takenBack }
      await pair.node.perform {
        $0.recorder.release()
        $0.recorder.answer = .echo
      }
      #expect(await pair.gateway.call("n1", "next", [4]).bytes == [4])
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].pendingCalls } == 0)
    }
  }

  @Test("a peer that does not know of taking back hears nothing", arguments: Ground.allCases)
  func cancelledOlder(ground: Ground) async throws {
    var old = hello("g1", .gateway)
    old.features = 0
    try await withPair(ground, gatewayHello: old) { pair in
      _ = await pair.gateway.call("n1", "first", [1])
      await pair.node.perform { $0.recorder.answer = .never }
      #expect(await pair.gateway.call("n1", "slow", [9], within: .milliseconds(60)).status == .timedOut)
      await pair.node.perform { $0.recorder.answer = .echo }
      #expect(await pair.gateway.call("n1", "next", [4]).bytes == [4])
      #expect(!pair.node.events.all.contains(.takenBack))
    }
  }

  @Test("questions are answered, and the epoch is announced once", arguments: Ground.allCases)
  func questions(ground: Ground) async throws {
    try await withPair(ground) { pair in
      let answer = await pair.gateway.ask(3, [1, 2, 3])
      #expect(answer.status == .value)
      #expect(answer.bytes == [3, 2, 1])
      #expect(pair.node.events.all.last == .asked(topic: 3, [1, 2, 3]))
      await pair.node.perform {
        $0.peers.announce(epoch: 17)
        $0.peers.announce(epoch: 17)
        $0.peers.announce(epoch: 18)
      }
      await pair.gateway.events.first { $0 == .epoch(18) }
      #expect(pair.gateway.events.all.suffix(2) == [.epoch(17), .epoch(18)])
    }
  }

  @Test("a node without a lease lets no answer out until it has one; questions are answered all the same", arguments: Ground.allCases)
  func lease(ground: Ground) async throws {
    try await withPair(ground) { pair in
      #expect(await pair.gateway.call().status == .value)
      await pair.node.perform { $0.recorder.mayFlush = false }
      async let held = pair.gateway.call("n1", "held", [8])
      await pair.node.events.first { $0 == .called(entity: "held") }
      #expect(await pair.gateway.ask(1, []).status == .value)
      await pair.node.perform { $0.recorder.mayFlush = true }
      #expect(await held.bytes == [8])
    }
  }

  @Test("when a link ends, calls under way may have been executed; later ones use a new link", arguments: Ground.allCases)
  func lost(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await pair.node.perform { $0.recorder.answer = .never }
      async let lost = pair.gateway.call("n1", "lost")
      await pair.node.events.first { $0 == .called(entity: "lost") }
      await pair.node.perform {
        $0.recorder.answer = .echo
        for link in $0.peers.acceptedLinks { link.close() }
      }
      #expect(await lost.status == .connectionLost)
      #expect(await pair.gateway.events.closed() == "end-of-file")
      #expect(await pair.gateway.call("n1", "again", [1]).bytes == [1])
    }
  }

  @Test("a call that does not fit in a frame is refused, and a result that does not is said to be", arguments: Ground.allCases)
  func tooLarge(ground: Ground) async throws {
    try await withPair(ground) { pair in
      let large = [UInt8](repeating: 7, count: TransportLimits.frame)
      #expect(await pair.gateway.call("n1", "big", large).status == .tooLarge)
      await pair.node.perform { $0.recorder.answer = .bytes(TransportLimits.frame) }
      #expect(await pair.gateway.call().status == .replyTooLarge)
      await pair.node.perform { $0.recorder.answer = .bytes(16 << 20) }
      #expect(await pair.gateway.call().bytes.count == 16 << 20)
      #expect(await pair.gateway.call("n1", String(repeating: "x", count: 70_000)).status == .badArguments)
    }
  }
}
