// Each fault of the proxy, on real sockets of this machine: what it does is looked at from both sides.
import Glibc
import Testing
import TroupeNet
import TroupeTesting

@Suite struct FaultProxyTests {
  /// Longer than any test: what should not happen before this will not happen.
  static let never: Duration = .seconds(3_600)

  @Test(.timeLimit(.minutes(1)))
  func aDelayHoldsBytesBack() async throws {
    let bed = try ProxyBed(.both { $0.delay = .milliseconds(30) })
    let (client, server) = try bed.connect()
    try client.send("late")
    #expect(try server.text(4) == "late")
    #expect(bed.proxy.statistics.towardsTarget.delayed == 1)

    bed.proxy.faults.towardsTarget.delay = Self.never
    try client.send("later")
    await bed.proxy.until { $0.waiting == 5 }
    #expect(server.isSilent)
    try server.send("back")
    #expect(try client.text(4) == "back", "the other direction is not slower for it")
    #expect(bed.proxy.statistics.waiting == 5)
  }

  @Test(.timeLimit(.minutes(1)))
  func jitterKeepsTheOrder() async throws {
    let bed = try ProxyBed(
      .both {
        $0.delay = .milliseconds(5)
        $0.jitter = .milliseconds(5)
      }, seed: 4)
    let (client, server) = try bed.connect()
    let text = (0..<100).map { "\($0)," }.joined()
    async let sent: Void = LoopbackSocket.apart { for character in text { try client.send(String(character)) } }
    #expect(try await LoopbackSocket.apart { try server.text(text.utf8.count) } == text)
    try await sent
  }

  @Test(.timeLimit(.minutes(1)))
  func aCutConnectionGoesOnWhereItStopped() async throws {
    let bed = try ProxyBed()
    let (client, server) = try bed.connect()
    bed.proxy.faults = .both { $0.isHeld = true }
    try client.send("one")
    try client.send("two")
    client.endSending()
    await bed.proxy.until { $0.waiting == 6 }
    #expect(server.isSilent)
    bed.proxy.heal()
    #expect(try server.receiveToEnd() == Array("onetwo".utf8))
  }

  @Test(.timeLimit(.minutes(1)))
  func whatWaitsIsBounded() async throws {
    let bed = try ProxyBed(.both { $0.isHeld = true })
    let (client, server) = try bed.connect()
    let bytes = [UInt8](repeating: 1, count: 16 << 20)
    async let sent: Void = LoopbackSocket.apart { try client.send(bytes) }
    await bed.proxy.until { $0.waiting >= 1 << 20 }
    // One read more than the limit at most, and 15 MiB wait at their sender.
    #expect(bed.proxy.statistics.waiting < (1 << 20) + (64 << 10))
    bed.proxy.heal()
    #expect(try await LoopbackSocket.apart { try server.receive(bytes.count) } == bytes)
    try await sent
  }

  @Test(.timeLimit(.minutes(1)))
  func aBlackHoleSwallowsAnswersAndThenTheConnection() async throws {
    let bed = try ProxyBed()
    let (client, server) = try bed.connect()
    bed.proxy.faults = ProxyFaults { $0.towardsClient.isBlackHole = true }
    try client.send("question")
    #expect(try server.text(8) == "question")
    try server.send("answer")
    await bed.proxy.until { $0.towardsClient.vanished == 6 }
    #expect(client.isSilent)
    bed.proxy.heal()
    try client.waitForReset()
    try server.waitForReset()
    #expect(bed.proxy.statistics.towardsClient.resets == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func inABlackHoleNobodyHearsOfAnEnd() async throws {
    let bed = try ProxyBed()
    var (client, server): (LoopbackSocket?, LoopbackSocket) = try bed.connect()
    bed.proxy.faults = .both { $0.isBlackHole = true }
    try client?.send("farewell")
    client = nil
    await bed.proxy.until { $0.towardsTarget.vanished == 8 }
    try server.send("are you there?")
    await bed.proxy.until { $0.towardsClient.vanished == 14 }
    #expect(server.isSilent, "half open")
    bed.proxy.heal()
    try server.waitForReset()
  }

  @Test(.timeLimit(.minutes(1)))
  func connectionsAreDroppedByTheSeed() async throws {
    func dropped(seed: UInt64) async throws -> [Bool] {
      let bed = try ProxyBed(ProxyFaults { $0.dropsConnections = 0.5 }, seed: seed)
      var dropped: [Bool] = []
      for number in 1...24 {
        let (client, server) = try bed.connect()
        try client.send("x")
        await bed.proxy.until { $0.towardsTarget.vanished + $0.towardsTarget.passed == number }
        let before = dropped.filter { $0 }.count
        dropped.append(bed.proxy.statistics.towardsTarget.vanished > before)
        #expect(bed.proxy.statistics.dropped == dropped.filter { $0 }.count)
        if dropped[number - 1] {
          #expect(server.isSilent)
        } else {
          #expect(try server.text(1) == "x")
        }
      }
      return dropped
    }
    let one = try await dropped(seed: 21)
    #expect(one.contains(true) && one.contains(false))
    #expect(try await dropped(seed: 21) == one)
    #expect(try await dropped(seed: 22) != one)
  }

  @Test(.timeLimit(.minutes(1)))
  func aDroppedConnectionIsResetWhenItHeals() async throws {
    let bed = try ProxyBed(ProxyFaults { $0.dropsConnections = 1 })
    let (client, server) = try bed.connect()
    try client.send("into the void")
    await bed.proxy.until { $0.towardsTarget.vanished == 13 }
    bed.proxy.heal()
    try client.waitForReset()
    try server.waitForReset()
    let (again, there) = try bed.connect()
    try again.send("heard")
    #expect(try there.text(5) == "heard")
  }

  @Test(.timeLimit(.minutes(1)))
  func aChunkIsSentTwice() throws {
    let bed = try ProxyBed(ProxyFaults { $0.towardsTarget.duplicate = 1 })
    let (client, server) = try bed.connect()
    try client.send("ab")
    #expect(try server.text(4) == "abab")
    try server.send("c")
    server.endSending()
    #expect(try client.receiveToEnd() == Array("c".utf8))
  }

  @Test(.timeLimit(.minutes(1)))
  func oneBitOfOneByteFlips() throws {
    let bed = try ProxyBed(ProxyFaults { $0.towardsClient.flipAfter = 3 })
    let (client, server) = try bed.connect()
    try server.send([UInt8](repeating: 0, count: 10))
    let bytes = try client.receive(10)
    #expect(bytes.enumerated().filter { $1 != 0 }.map(\.offset) == [3])
    #expect(bytes[3].nonzeroBitCount == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func theSameSeedFlipsTheSameBits() throws {
    func spoilt(seed: UInt64) throws -> [UInt8] {
      let bed = try ProxyBed(.both { $0.flip = 0.01 }, seed: seed)
      let (client, server) = try bed.connect()
      try client.send([UInt8](repeating: 0, count: 5_000))
      return try server.receive(5_000)
    }
    let one = try spoilt(seed: 8)
    #expect(one.contains { $0 != 0 })
    #expect(try spoilt(seed: 8) == one)
    #expect(try spoilt(seed: 9) != one)
  }

  @Test(.timeLimit(.minutes(1)))
  func halfClosingEndsOneDirection() async throws {
    let bed = try ProxyBed()
    let (client, server) = try bed.connect()
    try client.send("a")
    #expect(try server.text(1) == "a")
    bed.proxy.halfClose(.towardsTarget)
    #expect(try server.receiveToEnd().isEmpty)
    try server.send("b")
    #expect(try client.text(1) == "b")
    try client.send("nobody hears this")
    await bed.proxy.until { $0.towardsTarget.vanished == 17 }
    #expect(bed.proxy.statistics.towardsTarget.halfCloses == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func aResetComesInTheMiddleOfAFrame() throws {
    let bed = try ProxyBed(ProxyFaults { $0.towardsTarget.resetAfter = 3 })
    let (client, server) = try bed.connect()
    try client.send("abcdef")
    #expect(try server.text(3) == "abc")
    try server.waitForReset()
    try client.waitForReset()
    #expect(bed.proxy.statistics.open == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func everythingIsResetAtOnceAndNewConnectionsAreWelcome() throws {
    let bed = try ProxyBed()
    let pairs = try (0..<3).map { _ in try bed.connect() }
    bed.proxy.reset()
    for (client, server) in pairs {
      try client.waitForReset()
      try server.waitForReset()
    }
    #expect(bed.proxy.statistics.resets == 3)
    let (client, server) = try bed.connect()
    try client.send("again")
    #expect(try server.text(5) == "again")
  }

  @Test(.timeLimit(.minutes(1)))
  func bytesDrip() async throws {
    let bed = try ProxyBed(ProxyFaults { $0.towardsTarget.drip = .init(bytes: 2, every: Self.never) })
    let (client, server) = try bed.connect()
    try client.send("hello")
    #expect(try server.text(2) == "he")
    await bed.proxy.until { $0.waiting == 3 }
    #expect(server.isSilent)
    bed.proxy.heal()
    #expect(try server.text(3) == "llo")
  }

  @Test(.timeLimit(.minutes(1)))
  func aRateIsNotExceeded() async throws {
    let bed = try ProxyBed(ProxyFaults { $0.towardsTarget.rate = 100_000 })
    let (client, server) = try bed.connect()
    let began = ContinuousClock.now
    try client.send([UInt8](repeating: 1, count: 30_000))
    #expect(try server.receive(30_000).count == 30_000)
    // The other bound would measure the machine; this one is a promise: the last of six slices is due 250 ms after the first.
    #expect(.now - began >= .milliseconds(249))
  }

  @Test(.timeLimit(.minutes(1)))
  func whoConnectsIsRefusedAndLaterWelcome() throws {
    let bed = try ProxyBed()
    let (client, server) = try bed.connect()
    bed.proxy.faults = ProxyFaults { $0.refusesConnections = true }
    #expect(throws: LoopbackSocket.Failed(code: ECONNREFUSED)) { try LoopbackSocket.connect(to: bed.proxy.address) }
    try client.send("still open")
    #expect(try server.text(10) == "still open")
    bed.proxy.heal()
    let (again, there) = try bed.connect()
    try again.send("x")
    #expect(try there.text(1) == "x")
  }
}
