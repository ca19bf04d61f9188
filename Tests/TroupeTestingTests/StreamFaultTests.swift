// The proxy's faults between simulated hosts, with a connection on which both sides keep what they hear.
import Testing
import TroupeNet
import TroupeTesting

@Suite struct StreamFaultTests {
  typealias Pair = FaultTests.Pair

  static func faults(_ change: (inout StreamFaults) -> Void) -> StreamFaults {
    var faults = StreamFaults()
    change(&faults)
    return faults
  }

  @Test func aDelayComesOnTopAndKeepsTheOrder() throws {
    for seed in 0..<20 {
      let pair = try Pair(seed: UInt64(seed))
      pair.world.network.setFaults(
        Self.faults {
          $0.delay = .milliseconds(75)
          $0.jitter = .milliseconds(50)
        }, from: "here", to: "there")
      let began = pair.world.now
      pair.send("first,")
      pair.world.run { !pair.server.text.isEmpty }
      #expect(pair.world.now - began >= .milliseconds(25))
      #expect(pair.world.now - began <= .milliseconds(200))
      let text = (0..<50).map { "\($0)," }
      for piece in text { pair.send(piece) }
      pair.world.network.setFaults(.none, from: "here", to: "there")
      pair.send("last")
      pair.world.runUntilIdle()
      #expect(pair.server.text == "first," + text.joined() + "last")
    }
  }

  @Test func aRateIsKeptInVirtualTime() throws {
    let pair = try Pair()
    pair.world.network.setFaults(Self.faults { $0.rate = 100 }, from: "here", to: "there")
    let began = pair.world.now
    pair.send(String(repeating: "x", count: 6_000))
    pair.world.run { pair.server.text.utf8.count == 6_000 }
    #expect(pair.world.now - began >= .seconds(59))
    #expect(pair.world.now - began <= .seconds(61))
  }

  @Test func bytesDrip() throws {
    let pair = try Pair()
    pair.world.network.setFaults(Self.faults { $0.drip = .init(bytes: 1, every: .seconds(10)) }, from: "here", to: "there")
    pair.send("hello")
    pair.world.run(for: .seconds(15))
    #expect(pair.server.text == "he")
    pair.world.network.setFaults(.none, from: "here", to: "there")
    pair.world.runUntilIdle()
    #expect(pair.server.text == "hello")
  }

  @Test func heldBytesAndConnectionsArriveLater() throws {
    let pair = try Pair()
    pair.world.network.setFaults(Self.faults { $0.isHeld = true }, between: "here", "there")
    pair.send("kept")
    let late = Pair.End()
    _ = pair.here.perform {
      pair.here.connect(to: SocketAddress(host: "there", port: 7_000), security: nil, expecting: nil, handler: late)
    }
    pair.world.run(for: .seconds(3))
    #expect(pair.server.text == "")
    #expect(late.connection == nil && late.reason == nil)
    pair.world.network.heal("here", "there")
    pair.world.run(for: .seconds(1))
    #expect(pair.server.text == "kept")
    #expect(late.connection != nil)
  }

  @Test func aOneWayBlackHoleEndsWithAResetWhenItHeals() throws {
    let pair = try Pair()
    pair.world.network.setFaults(Self.faults { $0.isBlackHole = true }, from: "there", to: "here")
    pair.send("heard")
    pair.there.perform { pair.server.connection?.send(Array("unheard".utf8).span.bytes) }
    pair.world.runUntilIdle()
    #expect(pair.server.text == "heard")
    #expect(pair.client.text == "")
    pair.world.network.heal("here", "there")
    pair.world.runUntilIdle()
    #expect(pair.client.reason == .reset)
    #expect(pair.server.reason == .reset)
  }

  @Test func inABlackHoleConnectionsStayHalfOpen() throws {
    let pair = try Pair()
    pair.world.network.setFaults(Self.faults { $0.isBlackHole = true }, between: "here", "there")
    pair.here.perform { pair.client.connection?.close(.local) }
    let late = Pair.End()
    _ = pair.here.perform {
      pair.here.connect(to: SocketAddress(host: "there", port: 7_000), security: nil, expecting: nil, handler: late)
    }
    pair.world.run(for: .seconds(60))
    #expect(pair.client.reason == .local)
    #expect(pair.server.reason == nil)
    #expect(late.reason?.code == "timeout")
    // The end was lost: whoever still believes in the connection is told by a reset.
    pair.world.network.heal("here", "there")
    pair.world.runUntilIdle()
    #expect(pair.server.reason == .reset)
  }

  @Test func withIdentitiesSpoiltBytesEndTheConnectionByName() throws {
    for change: (inout StreamFaults) -> Void in [{ $0.flipAfter = 2 }, { $0.duplicate = 1 }] {
      let pair = try Pair()
      pair.world.network.setFaults(Self.faults(change), from: "here", to: "there")
      pair.send("precious")
      pair.world.runUntilIdle()
      #expect(!pair.server.text.contains("e"), "nothing of the spoilt record is shown")
      #expect(pair.server.reason?.code == "security")
      #expect(pair.client.reason == .endOfFile)
    }
  }

  @Test func withoutIdentitiesSpoiltBytesAreSeen() throws {
    let world = SimulatedWorld(seed: 5)
    world.network.splitsOneIn = 0
    let (here, there) = (world.makeLoop(host: "here"), world.makeLoop(host: "there"))
    let (client, server) = (Pair.End(), Pair.End())
    let address = SocketAddress(host: "there", port: 7_000)
    _ = try there.perform { try there.listen(on: address, security: nil) { _ in server } }
    _ = here.perform { here.connect(to: address, security: nil, expecting: nil, handler: client) }
    world.runUntilIdle()
    world.network.setFaults(Self.faults { $0.duplicate = 1 }, from: "here", to: "there")
    here.perform { client.connection?.send(Array("ab".utf8).span.bytes) }
    world.network.setFaults(Self.faults { $0.flipAfter = 1 }, from: "here", to: "there")
    here.perform { client.connection?.send(Array("cd".utf8).span.bytes) }
    world.runUntilIdle()
    #expect(server.text.hasPrefix("ababc"))
    #expect(server.text != "ababcd")
    #expect(server.reason == nil)
  }

  @Test func aHalfCloseIsAnEndThatTheSenderDidNotAskFor() throws {
    let pair = try Pair()
    pair.send("before")
    pair.world.network.halfClose(from: "here", to: "there")
    pair.world.runUntilIdle()
    #expect(pair.server.text == "before")
    #expect(pair.server.reason == .endOfFile)
  }

  @Test func aResetComesBehindSoManyBytes() throws {
    let pair = try Pair()
    pair.world.network.setFaults(Self.faults { $0.resetAfter = 3 }, from: "here", to: "there")
    pair.send("abcdef")
    pair.world.runUntilIdle()
    #expect("abc".hasPrefix(pair.server.text))
    #expect(pair.server.reason == .reset)
    #expect(pair.client.reason == .reset)
  }

  @Test func aHostMayRefuseOrSwallowConnections() throws {
    let pair = try Pair()
    func attempt() -> Pair.End {
      let end = Pair.End()
      _ = pair.here.perform {
        pair.here.connect(to: SocketAddress(host: "there", port: 7_000), security: nil, expecting: nil, handler: end)
      }
      pair.world.runUntilIdle()
      return end
    }
    pair.world.network.setRefusing(true, host: "there")
    #expect(attempt().reason?.code == "unreachable")
    pair.world.network.setRefusing(false, host: "there")
    pair.world.network.dropsConnections = 1
    #expect(attempt().reason?.code == "timeout")
    pair.world.network.dropsConnections = 0
    #expect(attempt().connection != nil)
    #expect(pair.client.reason == nil)
  }

  @Test func oneSeedIsOneHistoryWithFaultsToo() throws {
    func history(seed: UInt64) throws -> UInt64 {
      let pair = try Pair(seed: seed)
      pair.world.network.setFaults(
        Self.faults {
          $0.delay = .milliseconds(10)
          $0.jitter = .milliseconds(10)
          $0.rate = 10_000
        }, between: "here", "there")
      for number in 0..<100 { pair.send("\(number)") }
      pair.world.runUntilIdle()
      return pair.world.fingerprint
    }
    #expect(try history(seed: 1) == history(seed: 1))
    #expect(try history(seed: 1) != history(seed: 2))
  }
}
