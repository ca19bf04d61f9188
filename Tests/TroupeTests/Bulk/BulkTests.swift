// Calls that give way: who goes first at the node, and what is never overtaken.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct BulkTests {
  private func cluster(_ list: RollList, loops: Int = 1) throws -> SimulatedCluster {
    try SimulatedCluster(loops: loops, shardCount: 16) {
      $0.register(Roll.self) { Roll(context: $0, list: list) }
      $0.register(Counter.self)
    }
  }

  private func signed(inBulk: Bool) throws -> [String] {
    let list = RollList()
    let world = try cluster(list)
    try world.run { shop in
      try await shop.entity(Roll.self, "first").sign()
      for number in 0..<50 {
        let roll = shop.entity(Roll.self, "b\(number)")
        (inBulk ? roll.bulk : roll).tell.sign()
      }
      try await shop.entity(Roll.self, "urgent").sign()
      try await shop.entity(Roll.self, "b49").sign(1)
    }
    return list.names
  }

  @Test func aCallThatHasNoTimePassesThoseThatCameBefore() throws {
    #expect(try signed(inBulk: false).firstIndex(of: "urgent 0") == 51)
    let names = try signed(inBulk: true)
    // Those that came in a packet of their own had the loop for themselves.
    #expect(try #require(names.firstIndex(of: "urgent 0")) < 40)
    #expect(names.filter { $0.hasPrefix("b") } == (0..<50).map { "b\($0) 0" } + ["b49 1"], "in their own order, and all of them")
  }

  @Test(arguments: [1, 2]) func nothingOvertakesABulkCallToTheSameEntity(loops: Int) throws {
    let list = RollList()
    let world = try cluster(list, loops: loops)
    try world.run { shop in
      let roll = shop.entity(Roll.self, "a")
      for number in 0..<40 { roll.bulk.tell.sign(number) }
      try await roll.sign(40)
      try await roll.sign(41)
    }
    #expect(list.names == (0..<42).map { "a \($0)" })
  }

  @Test func withinTheNodeTheyGiveWayAsWell() throws {
    let list = RollList()
    let world = try cluster(list)
    let node = try #require(world.nodes["n1"]).cluster
    try world.run { _ in
      let stage = node.stages[0]
      await withUnsafeContinuation { (done: UnsafeContinuation<Void, Never>) in
        stage.loop.execute {
          for number in 0..<5 { node.entity(Roll.self, "b").bulk.tell.sign(number) }
          node.entity(Roll.self, "b").tell.sign(5)
          node.entity(Roll.self, "urgent").tell.sign()
          done.resume()
        }
      }
      try await node.entity(Roll.self, "b").sign(6)
    }
    #expect(list.names == ["urgent 0"] + (0..<7).map { "b \($0)" })
  }

  @Test func whatABulkTurnTellsIsBulk() throws {
    let list = RollList()
    let world = try cluster(list)
    try world.run { shop in
      try await shop.entity(Roll.self, "a").bulk.haveSigned(["b", "c"])
      try await shop.entity(Roll.self, "urgent").sign()
      for name in ["b", "c"] { try await shop.entity(Roll.self, name).bulk.sign(1) }
    }
    #expect(list.names.filter { $0.hasSuffix(" 0") } == ["b 0", "c 0", "urgent 0"])
  }

  @Test func answersAndErrorsComeBackAsEver() throws {
    let world = try cluster(RollList(), loops: 2)
    try world.run { shop in
      for number in 0..<20 {
        let counter = shop.entity(Counter.self, "c\(number)").bulk
        let total = try await counter.add(3)
        #expect(total == 3)
        await #expect(throws: Counter.Failure.tooLarge(5_000)) { try await counter.add(5_000) }
      }
      let busy = shop.entity(Counter.self, "busy")
      busy.tell.addWhenOpen(1)
      await #expect(throws: CallError.self) { try await busy.bulk.within(.milliseconds(50)).add(1) }
    }
  }
}
