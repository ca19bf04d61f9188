// Stocks as entities, on simulated clusters: many who want the same, and holds whose checkout is not heard of again.
import ShopInventory
import Testing
import TroupeTesting

@Suite struct StockTests {
  private static func cluster(nodes: Int = 1) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: nodes, shardCount: 16) { $0.register(Stock.self) }
  }
  private static let mug = Stock.id("mug", "berlin")

  @Test func twoHundredBuyersOfTenPiecesGetTen() throws {
    let cluster = try Self.cluster(nodes: 2)
    try cluster.run { shop in
      let stock = shop.entity(Stock.self, Self.mug)
      _ = try await stock.adjust(by: 10, because: .received, by: "test")
      let sold = await withTaskGroup(of: Int.self) { group in
        for buyer in 0..<200 {
          group.addTask {
            do {
              _ = try await stock.hold("order-\(buyer)", quantity: 1, for: .seconds(600))
              return try await stock.commit("order-\(buyer)", quantity: 1).allocated > 0 ? 1 : 0
            } catch { return error is Stock.Failure ? 0 : 1_000 }
          }
        }
        return await group.reduce(0, +)
      }
      let level = try await stock.level()
      #expect(sold == 10 && level == StockLevel(onHand: 10, held: 0, allocated: 10))
    }
  }

  @Test func aHoldThatNobodyHearsOfComesBackByItself() throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      let stock = shop.entity(Stock.self, Self.mug)
      _ = try await stock.adjust(by: 3, because: .received, by: "test")
      _ = try await stock.hold("a", quantity: 1, for: .seconds(60))
      _ = try await stock.hold("b", quantity: 1, for: .seconds(30))
      _ = try await stock.hold("c", quantity: 1, for: .seconds(30))
      _ = try await stock.extend("c", for: .seconds(120))
    }
    func held() throws -> Int { try cluster.run { try await $0.entity(Stock.self, Self.mug).level().held } }
    cluster.advance(by: .seconds(29))
    #expect(try held() == 3)
    cluster.advance(by: .seconds(2))
    #expect(try held() == 2)
    cluster.advance(by: .seconds(30))
    #expect(try held() == 1, "whose checkout went on")
    cluster.advance(by: .seconds(60))
    #expect(try held() == 0)
  }

  @Test func alsoWhenTheNodeThatHeldItHasDied() throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      let stock = shop.entity(Stock.self, Self.mug)
      _ = try await stock.adjust(by: 2, because: .received, by: "test")
      _ = try await stock.hold("a", quantity: 2, for: .seconds(60))
    }
    cluster.crash("n1")
    cluster.advance(by: .seconds(30))
    try cluster.start("n1")
    try cluster.connectAnew()
    // One that ends later must not put the first one's end off.
    _ = try cluster.run { try await $0.entity(Stock.self, Self.mug).hold("a", quantity: 1, for: .seconds(60)) }
    _ = try cluster.run { try await $0.entity(Stock.self, Self.mug).hold("b", quantity: 1, for: .seconds(900)) }
    cluster.advance(by: .seconds(75))
    #expect(try cluster.run { try await $0.entity(Stock.self, Self.mug).level() } == StockLevel(onHand: 2, held: 1, allocated: 0))
  }

  @Test func whoComesAMomentLateIsServed() throws {
    let cluster = try Self.cluster()
    try cluster.run { shop in
      let stock = shop.entity(Stock.self, Self.mug)
      _ = try await stock.adjust(by: 1, because: .received, by: "test")
      _ = try await stock.hold("a", quantity: 1, for: .seconds(60))
      await #expect(throws: Stock.Failure.insufficient(available: 0)) { try await stock.hold("b", quantity: 1, for: .seconds(60)) }
    }
    cluster.advance(by: .seconds(61))
    try cluster.run { shop in
      let stock = shop.entity(Stock.self, Self.mug)
      _ = try await stock.hold("b", quantity: 1, for: .seconds(60))
      await #expect(throws: Stock.Failure.insufficient(available: 0)) { try await stock.commit("a", quantity: 1) }
      let level = try await stock.commit("b", quantity: 1)
      #expect(level == StockLevel(onHand: 1, held: 0, allocated: 1))
    }
  }
}
