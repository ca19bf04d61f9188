// The same routes in front of a real node instead of the made-up cluster.

import Hummingbird
import HummingbirdTesting
import Logging
import ShopCarts
import Testing
import Troupe
import TroupeJSON

@testable import Gateway

/// The same routes in front of a node of Troupe: what the made-up cluster assumes holds of the real one.
@Suite("A gateway in front of a node") struct RealClusterTests {
  @Test("carts over REST and through the JSON door are the same carts")
  func carts() async throws {
    try await withGateway { gateway in
      try await gateway.application().test(.router) { client in
        #expect(try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":2}"#).status == .ok)
        let twice = try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":3}"#, [.idempotencyKey: "k"])
        let again = try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":3}"#, [.idempotencyKey: "k"])
        #expect(twice.text == #"{"id":"alice","lines":[{"sku":"mug","quantity":5}],"quantity":5}"#)
        #expect(again.text == twice.text)
        expectProblem(
          try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":0}"#), .invalidArguments,
          "/quantity: the quantity must be 1 to 999, it is 0.")
        expectProblem(try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":995}"#), .cartLimit)
        expectProblem(try await client.post("/carts/alice/lines", #"{"sku":"cup"}"#, [.idempotencyKey: "k"]), .reusedKey)
      }
      try await #require(gateway.adminApplication()).test(.router) { client in
        #expect(try await client.post("/entities/cart/alice/add", #"{"sku":"cup"}"#).text == #"{"lines":{"cup":1,"mug":5}}"#)
        let refused = try await client.post("/entities/cart/alice/add", #"{"sku":"mug","quantity":1000000000000}"#)
        expectProblem(refused, .refusedByEntity)
        #expect(refused["failure"] == ["quantityOutOfRange": ["_0": 1_000_000_000_000]])
        #expect(try await client.post("/entities/cart/alice/contents", "").text == #"{"lines":{"cup":1,"mug":5}}"#)
        #expect(try await client.get("/entities/cart").text == #"{"kind":"cart","ids":["alice"],"next":null}"#)
        #expect(try await client.delete("/entities/cart/alice").status == .noContent)
        #expect(try await client.post("/entities/cart/alice/contents", "").text == #"{"lines":{}}"#)
      }
    }
  }

  @Test("the picture of a node is ready and names it")
  func picture() async throws {
    try await withGateway { gateway in
      await gateway.pulse.look()
      let picture = await gateway.pulse.picture
      #expect(picture.isReady, "\(picture.summary)")
      #expect(picture.nodes.map(\.id) == ["n1"])
      #expect(picture.owners.count == 64)
    }
  }

  @Test("a node tells of its ring")
  func ring() async throws {
    try await withGateway { gateway in
      try await #require(gateway.adminApplication()).test(.router) { client in
        let page = try await client.get("/").text
        #expect(page.contains(#"<td data-label="the others say"><span class="plain">believed</span>"#))
        #expect(page.contains("Nothing moves: every shard is where it should be.") && page.contains("64 shards: n1 owns 64"))
      }
    }
  }

  @Test("the contract of the cart")
  func contract() async throws {
    try await withGateway { gateway in
      try await #require(gateway.adminApplication()).test(.router) { client in
        guard case .array(let kinds)? = try await client.get("/entities")["kinds"], case .object(let cart)? = kinds.first else {
          Issue.record("no kinds")
          return
        }
        #expect(cart["kind"] == "cart")
        #expect(cart["durable"] == true)
      }
    }
  }

  private func withGateway(_ test: (Gateway) async throws -> Void) async throws {
    var configuration = NodeConfiguration(cluster: "test", id: "n1")
    configuration.shardCount = 64
    let node = try await Node.start(configuration, store: MemoryStore()) { $0.register(Cart.self) }
    var gateway = GatewayConfiguration()
    gateway.opensEntities = true
    let result: Result<Void, any Error>
    do {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      result = .success(try await test(Gateway(gateway, cluster: node.cluster, logger: logger)))
    } catch {
      result = .failure(error)
    }
    await node.stop()
    try result.get()
  }
}
