// Fault 17: clients of the gateway that send a byte a second, and clients that ask and do not read. They are cut or held back, they cost
// next to nothing, and others are served meanwhile.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct SlowClientsTests {
    static let clients = 200
    /// The head of a request must be there within ten seconds; with what this machine may be late.
    static let patience: Duration = .seconds(25)
    /// For all of them together, bytes.
    static let memory = 64 << 20

    @Test(.timeLimit(.minutes(3)))
    func `who drips a request is cut, and who does not read is held back`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let shopper = Shopper(up.gateway)
      for number in 0..<50 { #expect(await shopper.add("mug-\(number)", to: "large", key: "\(number)") == .acknowledged) }
      let gateway = ProcessFigures(identifier: try #require(await up.events.pid(of: "gateway")))
      let port = try #require(Int(up.gateway.split(separator: ":").last ?? ""))
      let before = gateway.memory

      var drips = try (0..<Self.clients).map { _ in try RawSocket(port: port) }
      for drip in drips { drip.send(Array("GET /carts/large HTTP/1.1\r\nHost: gateway\r\nX-Drip: ".utf8)) }
      let isCut = await eventually(within: Self.patience) {
        drips.removeAll { $0.receive() != nil }
        for drip in drips { drip.send([0x78]) }
        return drips.isEmpty
      }
      #expect(isCut, "\(drips.count) are still there")

      // Each asks for as much as the kernel takes, and reads nothing.
      let request = Array(repeating: "GET /carts/large HTTP/1.1\r\nHost: gateway\r\n\r\n", count: 500).joined().utf8
      let deaf = try (0..<Self.clients / 4).map { _ in try RawSocket(port: port) }
      for _ in 0..<20 {
        for client in deaf { client.send(Array(request)) }
        #expect(await shopper.add("meanwhile", to: "other", key: "meanwhile") == .acknowledged)
      }
      #expect(gateway.memory - before < Self.memory, "\((gateway.memory - before) >> 20) MiB for clients that do not read")
      withExtendedLifetime(deaf) {}
      #expect(await up.stop() == 0)
    }
  }
}
