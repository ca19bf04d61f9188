// What a proxy without faults does: nothing that anybody notices. And how it begins and ends.
import Foundation
import Testing
import TroupeNet
import TroupeTesting

@Suite struct ForwardingTests {
  @Test(.timeLimit(.minutes(1)))
  func everyByteArrivesInBothDirections() async throws {
    let bed = try ProxyBed()
    let (client, server) = try bed.connect()
    var random = SeededRandom(seed: 3)
    let (question, answer) = (
      (0..<3_000_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }, [UInt8](repeating: 9, count: 2_000_000)
    )
    async let sentThere: Void = LoopbackSocket.apart {
      try client.send(question)
      client.endSending()
    }
    async let sentBack: Void = LoopbackSocket.apart {
      try server.send(answer)
      server.endSending()
    }
    async let arrivedBack = LoopbackSocket.apart { try client.receiveToEnd() }
    #expect(try await LoopbackSocket.apart { try server.receiveToEnd() } == question)
    #expect(try await arrivedBack == answer)
    _ = try await (sentThere, sentBack)
    await bed.proxy.until { $0.open == 0 }
    let statistics = bed.proxy.statistics
    #expect(statistics.connections == 1)
    #expect(statistics.towardsTarget.taken == 3_000_000 && statistics.towardsTarget.passed == 3_000_000)
    #expect(statistics.towardsClient.taken == 2_000_000 && statistics.towardsClient.passed == 2_000_000)
    #expect(statistics.waiting == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func oneSideMayEndAndGoOnListening() throws {
    let bed = try ProxyBed()
    let (client, server) = try bed.connect()
    try client.send("question")
    client.endSending()
    #expect(try server.receiveToEnd() == Array("question".utf8))
    try server.send("answer")
    #expect(try client.text(6) == "answer")
  }

  @Test(.timeLimit(.minutes(1)))
  func aResetOfOneSideReachesTheOther() throws {
    let bed = try ProxyBed()
    var (client, server): (LoopbackSocket?, LoopbackSocket) = try bed.connect()
    client?.resetsAtClose()
    client = nil
    try server.waitForReset()
  }

  @Test(.timeLimit(.minutes(1)))
  func whereNobodyListensConnectionsAreReset() async throws {
    let (held, address) = try LoopbackSocket.bound(isListening: false)
    let proxy = try FaultProxy.start(to: address)
    try LoopbackSocket.connect(to: proxy.address).waitForReset()
    await proxy.until { $0.unreachable == 1 && $0.open == 0 }
    #expect(proxy.statistics.connections == 1)
    withExtendedLifetime(held) {}
  }

  @Test func whatCannotBeIsSaidInASentence() throws {
    let somewhere = SocketAddress(host: "127.0.0.1", port: 7_000)
    #expect(
      throws: NetError(code: "bad-target", description: "A fault proxy cannot forward to shop:1: it needs a numeric address and a port.")
    ) {
      try FaultProxy.start(to: SocketAddress(host: "shop", port: 1))
    }
    for host in ["0.0.0.0", "192.0.2.1", "localhost"] {
      let error = #expect(throws: NetError.self) { try FaultProxy.start(on: SocketAddress(host: host, port: 0), to: somewhere) }
      #expect(error?.code == "cannot-listen")
    }
    let first = try FaultProxy.start(to: somewhere)
    #expect(throws: NetError.addressInUse(first.address)) { try FaultProxy.start(on: first.address, to: somewhere) }
  }

  @Test(.timeLimit(.minutes(1)))
  func afterStoppingNothingIsLeft() async throws {
    await #expect(processExitsWith: .success) {
      func count(_ what: String) -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(what)").count) ?? -1 }
      // Whatever Foundation opens for itself is open before the first count.
      _ = count("fd")
      let (descriptors, threads) = (count("fd"), Threads.count)
      for isStopped in [true, false] {
        let (target, address) = try LoopbackSocket.bound(isListening: true)
        var proxy: FaultProxy? = try FaultProxy.start(to: address)
        let clients = try (0..<5).map { _ in try LoopbackSocket.connect(to: proxy!.address) }
        let servers = try clients.map { _ in try target.accept() }
        try clients[0].send("under way")
        precondition(Threads.count == threads + 1, "the thread of a proxy is not counted right")
        if isStopped {
          proxy?.stop()
          proxy?.stop()
        }
        proxy = nil
        for socket in clients.dropFirst() + servers.dropFirst() { try socket.waitForReset() }
      }
      precondition(count("fd") == descriptors, "\(count("fd")) descriptors are open, \(descriptors) were before")
      // The system forgets a thread a moment after it was joined.
      while Threads.count != threads { sched_yield() }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func whoWaitsForANumberHearsOfTheEnd() async throws {
    let bed = try ProxyBed()
    async let never = bed.proxy.until { $0.connections == 1_000 }
    bed.proxy.stop()
    #expect(await !never)
    #expect(await !bed.proxy.until { _ in true })
  }
}

private enum Threads {
  /// Of this process, those of a proxy.
  static var count: Int {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return all.count { (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == "fault-proxy\n" }
  }
}
