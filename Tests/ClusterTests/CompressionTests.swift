// What compression saves between real processes, by the report of their links: between zones, everywhere, nowhere. The same requests go
// to a node of the gateway's own zone and to one of another.

import Foundation
import NIOCore
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct CompressionTests {
    private static let carts = (0..<100).map { "cart-\($0)" }
    private static let rounds = 20
    private static let largeArgument = 20_000
    /// What the answers to a hundred adds and `rounds` looks have at the least, bytes.
    private static let answers = 300_000

    @Test(
      .timeLimit(.minutes(3)),
      arguments: [(CompressionChoice.auto, near: false, far: true), (.on, near: true, far: true), (.off, near: false, far: false)])
    func `links compress as they are told`(choice: CompressionChoice, near: Bool, far: Bool) async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1, ["--zone", "here", "--compress", choice.rawValue])
      let node = try await NodeProcess.start(
        "node-2", of: up, port: NodeProcess.freePort(), ["--zone", "there", "--compress", choice.rawValue], log: folder.path + "/node-2.log"
      )
      let watcher = try await Operator(up)
      let shares = try await eventually(within: .seconds(60)) { try await watcher.carts(Self.carts, of: "node-2").count >= 20 }
      try #require(shares, "\(node.log)")
      for (id, compresses) in [("node-1", near), ("node-2", far)] {
        let (before, after) = try await Self.measured(up, watcher, id)
        // Both ways, each by its sender's own count.
        for (sent, plain, what) in [
          (after.fromGateway - before.fromGateway, Self.rounds * Self.largeArgument, "requests"),
          (after.fromNode - before.fromNode, Self.answers, "answers"),
        ] {
          #expect(compresses ? sent.bytes < plain / 2 : sent.bytes > plain, "\(what) of \(id), \(choice): \(sent)")
          #expect(compresses ? sent.saved > plain / 2 : sent.saved == 0, "\(what) of \(id), \(choice): \(sent)")
        }
      }
      await watcher.close()
      #expect(await node.command.stop() == 0)
      #expect(await up.stop() == 0)
    }

    /// Before and after the load to a cart of the node, one that did not move meanwhile.
    private static func measured(
      _ up: UpProcess, _ watcher: Operator, _ id: String
    ) async throws -> ((fromGateway: Sent, fromNode: Sent), (fromGateway: Sent, fromNode: Sent)) {
      while true {
        let cart = try #require(try await watcher.carts(carts, of: id).first)
        let before = try await links(watcher, id)
        try await load(up, cart)
        let after = try await links(watcher, id)
        if try await watcher.carts([cart], of: id) == [cart] { return (before, after) }
      }
    }

    /// Large answers, and large requests, whatever is answered to those.
    private static func load(_ up: UpProcess, _ cart: String) async throws {
      let (shopper, admin) = (Shopper(up.gateway), Shopper(up.admin))
      for number in 0..<100 {
        let sku = "sku-\(number)-" + String(repeating: "x", count: 50)
        #expect(await shopper.add(sku, to: cart, key: "\(cart)-\(number)") == .acknowledged)
      }
      let other = String(repeating: "o", count: largeArgument)
      for _ in 0..<rounds {
        let contents = try await shopper.contents(of: cart)
        #expect(contents.count == 100)
        _ = try await admin.send(.POST, "/entities/cart/\(cart)/together", .bytes(ByteBuffer(string: #"{"other":"\#(other)"}"#)))
      }
    }

    private struct Sent: CustomStringConvertible {
      var bytes = 0
      var saved = 0
      var description: String { "\(bytes) bytes, \(saved) saved" }

      init(_ links: [LinkReport]) {
        bytes = links.reduce(0) { $0 + Int($1.bytesOut) }
        saved = links.reduce(0) { $0 + Int($1.bytesBeforeCompression) - Int($1.bytesAfterCompression) }
      }

      static func - (later: Sent, earlier: Sent) -> Sent {
        var difference = later
        difference.bytes -= earlier.bytes
        difference.saved -= earlier.saved
        return difference
      }
    }

    private static func links(_ watcher: Operator, _ id: String) async throws -> (fromGateway: Sent, fromNode: Sent) {
      let status = try await watcher.connection.cluster.transportStatus()
      let gateway = try #require(status.processes.first { $0.role == "gateway" })
      let node = try #require(status.processes.first { $0.name == id })
      return (
        Sent(gateway.links.filter { $0.peer == id && !$0.isControl }), Sent(node.links.filter { $0.role == "gateway" })
      )
    }
  }
}
