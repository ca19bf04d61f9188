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

  @Test func twoCartsTogetherChangeNeither() throws {
    let cluster = try SimulatedCluster(nodes: 2) { $0.register(Cart.self) }
    try cluster.run { shop in
      let (own, guest) = (shop.entity(Cart.self, "alice"), shop.entity(Cart.self, "guest-17"))
      _ = try await own.add("mug", quantity: 600)
      _ = try await own.add("cup")
      _ = try await guest.add("mug", quantity: 500)
      _ = try await guest.add("tea")
      let both = try await own.together(with: "guest-17")
      #expect(both.lines == ["cup": 1, "mug": CartLimits.quantity, "tea": 1])
      let doubled = try await guest.together(with: "guest-17")
      #expect(doubled.lines == ["mug": CartLimits.quantity, "tea": 2])
      let (mine, theirs) = (try await own.contents(), try await guest.contents())
      #expect(mine.lines == ["cup": 1, "mug": 600] && theirs.lines == ["mug": 500, "tea": 1])
    }
  }

  @Test func twoFullCartsTogetherAreNoLargerThanOne() throws {
    let cluster = try SimulatedCluster { $0.register(Cart.self) }
    try cluster.run { shop in
      for number in 0..<CartLimits.lines {
        _ = try await shop.entity(Cart.self, "a").add("a-\(100 + number)")
        _ = try await shop.entity(Cart.self, "b").add("b-\(100 + number)")
      }
      let both = try await shop.entity(Cart.self, "b").together(with: "a")
      #expect(both.lines.count == CartLimits.lines && both.lines.keys.allSatisfy { $0.hasPrefix("a-") })
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
