// The gateway as a service: it says where it listens, stops with readers still connected, and leaves nothing when it cannot start.

import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Gateway

@Suite("A running gateway", .timeLimit(.minutes(1))) struct GatewayRunTests {
  private static func gateway(
    _ change: (inout GatewayConfiguration) -> Void = { _ in }, started: @escaping @Sendable (Int, Int?) async -> Void
  ) -> Gateway {
    let cluster = MadeUpCluster()
    var configuration = GatewayConfiguration()
    configuration.port = 0
    configuration.adminPort = 0
    change(&configuration)
    return Gateway(configuration, door: cluster, carts: cluster, work: MadeUpWork(), logger: quiet, started: started)
  }

  private static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

  @Test("a graceful stop ends live streams and idle connections")
  func stop() async throws {
    let (ports, report) = AsyncStream.makeStream(of: (Int, Int?).self)
    let group = ServiceGroup(
      configuration: .init(services: [Self.gateway { report.yield(($0, $1)) }], logger: Self.quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let (port, adminPort) = try #require(await ports.first { _ in true })
      #expect(port > 0)
      let idle = try await RawConnection.open(try #require(adminPort))
      try await idle.send(Array("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
      #expect(try await idle.read { $0.contains("alive") }.hasPrefix("HTTP/1.1 200 "))
      let live = try await RawConnection.open(port)
      try await live.send(Array("GET /live HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
      _ = try await live.read { $0.contains("event: parts") }
      let operators = try await RawConnection.open(try #require(adminPort))
      try await operators.send(Array("GET /live HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
      _ = try await operators.read { $0.contains("event: parts") && $0.contains("No breaker is open") }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      for stream in [live, operators] { _ = try await stream.read { _ in false } }  // to the end of the connection
    }
  }

  @Test("a port that is taken ends the start with an error")
  func takenPort() async throws {
    let other = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
    let taken = try #require(other.localAddress?.port)
    let gateway = Self.gateway({ $0.adminPort = taken }) { _, _ in Issue.record("it said that it listens") }
    await #expect(throws: (any Error).self) { try await gateway.run() }
    try await other.close()
  }
}
