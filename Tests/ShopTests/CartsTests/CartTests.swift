// The cart as an entity: one node in virtual time, no network, no disk.
import ShopCarts
import Testing
import TroupeTesting

@Suite struct CartTests {
  @Test func linesAddUpAndRefusalsAreTyped() throws {
    let cluster = try SimulatedCluster { $0.register(Cart.self) }
    try cluster.run { shop in
      let cart = shop.entity(Cart.self, "alice")
      let first = try await cart.add("mug")
      let second = try await cart.add("mug", quantity: 2)
      #expect(first.lines == ["mug": 1] && second.lines == ["mug": 3])
      await #expect(throws: Cart.Failure.quantityOutOfRange(0)) { try await cart.add("mug", quantity: 0) }
      await #expect(throws: Cart.Failure.quantityOutOfRange(1_000_000_000_000)) {
        try await cart.add("mug", quantity: 1_000_000_000_000)
      }
      let emptied = try await cart.clear()
      #expect(emptied.lines.isEmpty)
    }
  }

  @Test func aCartComesBackAfterItsNodeDied() throws {
    let cluster = try SimulatedCluster(nodes: 2) { $0.register(Cart.self) }
    try cluster.run { _ = try await $0.entity(Cart.self, "alice").add("mug", quantity: 2) }
    cluster.crash("n1")
    let lines = try cluster.run { try await $0.entity(Cart.self, "alice").within(.seconds(30)).contents().lines }
    #expect(lines == ["mug": 2])
    try cluster.start("n1")
    // The client must have heard of it: afterwards nobody is left who could tell.
    cluster.advance(by: .seconds(5))
    cluster.crash("n2")
    let again = try cluster.run { try await $0.entity(Cart.self, "alice").within(.seconds(30)).contents().lines }
    #expect(again == ["mug": 2])
  }
}
