// Faults between simulated hosts: cut and heal, reset, crash, pause.
import Testing
import TroupeNet
import TroupeTesting

@Suite struct FaultTests {
  /// Two hosts with one connection; each side keeps what it has received as text.
  final class Pair {
    final class End: ConnectionHandler {
      var connection: (any Connection)?
      var text = ""
      var reason: CloseReason?
      func opened(_ connection: any Connection) { self.connection = connection }
      func received(_ bytes: RawSpan, on connection: any Connection) -> Int {
        text += bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return bytes.byteCount
      }
      func closed(_ connection: any Connection, _ reason: CloseReason) { self.reason = reason }
    }

    let world: SimulatedWorld
    let here: SimulatedLoop
    let there: SimulatedLoop
    let client = End()
    let server = End()

    init(seed: UInt64 = 3) throws {
      world = SimulatedWorld(seed: seed)
      here = world.makeLoop(host: "here", identity: PeerIdentity("spiffe://test/gateway/here"))
      there = world.makeLoop(host: "there", identity: PeerIdentity("spiffe://test/node/there"))
      let address = SocketAddress(host: "there", port: 7_000)
      _ = try there.perform { try there.listen(on: address, security: nil) { [server] _ in server } }
      _ = here.perform { here.connect(to: address, security: nil, expecting: there.identity, handler: client) }
      world.runUntilIdle()
    }

    func send(_ text: String) {
      here.perform { client.connection?.send(Array(text.utf8).span.bytes) }
    }
  }

  @Test func bothSeeEachOthersIdentity() throws {
    let pair = try Pair()
    #expect(pair.client.connection?.peer?.name == "there")
    #expect(pair.server.connection?.peer?.role == "gateway")
  }

  @Test func aCutHoldsBytesBackAndHealingDeliversThemInOrder() throws {
    let pair = try Pair()
    pair.send("a")
    pair.world.runUntilIdle()
    pair.world.network.cut("here", "there")
    pair.send("b")
    pair.send("c")
    pair.world.run(for: .seconds(30))
    #expect(pair.server.text == "a")
    pair.world.network.heal("here", "there")
    pair.send("d")
    pair.world.runUntilIdle()
    #expect(pair.server.text == "abcd")
    #expect(pair.server.reason == nil)
  }

  @Test func aCutMayBeOneWay() throws {
    let pair = try Pair()
    pair.world.network.cut(from: "there", to: "here")
    pair.send("heard")
    pair.there.perform { pair.server.connection?.send(Array("unheard".utf8).span.bytes) }
    pair.world.runUntilIdle()
    #expect(pair.server.text == "heard")
    #expect(pair.client.text == "")
  }

  @Test func connectingThroughACutEndsAtTheTimeLimit() throws {
    let pair = try Pair()
    pair.world.network.cut("here", "there")
    let late = Pair.End()
    let began = pair.world.now
    _ = pair.here.perform {
      pair.here.connect(to: SocketAddress(host: "there", port: 7_000), security: nil, expecting: nil, handler: late)
    }
    pair.world.run { late.reason != nil }
    #expect(late.reason?.code == "timeout")
    #expect(pair.world.now - began == ConnectionLimits.handshake)
  }

  @Test func aResetEndsBothSides() throws {
    let pair = try Pair()
    pair.world.network.reset("here", "there")
    pair.world.runUntilIdle()
    #expect(pair.client.reason == .reset)
    #expect(pair.server.reason == .reset)
  }

  @Test func aCrashIsSeenByThePeerAlone() throws {
    let pair = try Pair()
    pair.there.perform { _ = pair.there.schedule(after: .seconds(1)) { Issue.record("a dead process ran") } }
    pair.world.network.crash("there")
    pair.world.runUntilIdle()
    #expect(pair.client.reason == .reset)
    #expect(pair.server.reason == nil)
    // The address is free again: the process may come back.
    let again = pair.world.makeLoop(host: "there")
    #expect(throws: Never.self) {
      try again.perform { _ = try again.listen(on: SocketAddress(host: "there", port: 7_000), security: nil) { _ in nil } }
    }
  }

  @Test func aSilentCrashIsNotSeenAtAll() throws {
    let pair = try Pair()
    pair.world.network.crash("there", silently: true)
    pair.send("into the void")
    pair.world.run(for: .seconds(60))
    #expect(pair.client.reason == nil)
  }

  @Test func aPausedProcessDoesEverythingLater() throws {
    let pair = try Pair()
    var firedAt: Instant?
    pair.there.perform { _ = pair.there.schedule(after: .seconds(1)) { firedAt = pair.there.now } }
    let began = pair.world.now
    pair.world.network.pause("there")
    pair.send("late")
    pair.world.run(for: .seconds(10))
    #expect(pair.server.text == "")
    #expect(firedAt == nil)
    pair.world.network.resume("there")
    pair.world.runUntilIdle()
    #expect(pair.server.text == "late")
    #expect(firedAt.map { $0 - began >= .seconds(10) } == true)
  }

  @Test func stoppingALoopTellsBothSides() throws {
    let pair = try Pair()
    pair.there.stop()
    pair.world.runUntilIdle()
    #expect(pair.server.reason == .loopStopped)
    #expect(pair.client.reason == .endOfFile)
  }

  @Test func bytesStayInOrderUnderEverySeed() throws {
    for seed in 0..<50 {
      let pair = try Pair(seed: UInt64(seed))
      let text = (0..<100).map { "\($0)," }
      for piece in text { pair.send(piece) }
      pair.world.runUntilIdle()
      #expect(pair.server.text == text.joined())
    }
  }
}
