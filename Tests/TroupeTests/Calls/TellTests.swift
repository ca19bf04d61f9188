// Commands that nobody waits for, on both grounds.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct TellTests {
  @Test(arguments: Ground.allCases) func toldCommandsStartInOrderWithCalledOnes(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      for cluster in [pair.client, pair.node] {
        let counter = cluster.entity(Counter.self, "order")
        let before = try await counter.value()
        for _ in 0..<100 { counter.tell.add(1) }
        #expect(try await counter.value() == before + 100)
        let ledger = cluster.entity(Ledger.self, "order")
        let balance = try await ledger.balance()
        for _ in 0..<100 { ledger.tell.book(2) }
        #expect(try await ledger.balance() == balance + 200)
      }
    }
  }

  @Test(arguments: Ground.allCases) func errorsOfToldCommandsReachNobody(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      let counter = pair.client.entity(Counter.self, "a")
      counter.tell.add(5_000)
      counter.tell.add(1)
      let value = try await counter.value()
      #expect(value == 1)
    }
  }

  @Test(arguments: Ground.allCases) func anEntityTellsOthersAndItself(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      let counter = pair.client.entity(Counter.self, "a")
      #expect(try await counter.passOn(to: "a", 7) == 0, "what it tells itself comes after its turn")
      while try await counter.value() != 7 {}
      for other in ["b", "c", "d"] {
        _ = try await counter.passOn(to: other, 3)
        while try await pair.client.entity(Counter.self, other).value() != 3 {}
      }
    }
  }

  @Test(arguments: Ground.allCases) func whatADurableCommandTellsLeavesWithItsReply(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      for (number, counter) in ["a", "b", "c", "d"].enumerated() {
        _ = try await pair.client.entity(Ledger.self, "l").bookAndTell(number + 1, counter)
        while try await pair.client.entity(Counter.self, counter).value() != number + 1 {}
      }
    }
  }

  @Test func whatWasNotStoredTellsNobody() throws {
    let store = FaultyStore.unwilling(refusals: 0)
    let world = try SimulatedCluster(shardCount: 16, store: store) {
      $0.register(Counter.self)
      $0.register(Ledger.self)
    }
    let told = try world.run { (shop: Cluster) async throws -> [Int] in
      _ = try await shop.entity(Ledger.self, "l").bookAndTell(1, "c")
      store.refuseAppends()
      _ = try? await shop.entity(Ledger.self, "l").within(.milliseconds(500)).bookAndTell(1, "c")
      store.judge { _, _ in .done }
      let balance = try await shop.entity(Ledger.self, "l").balance()
      let value = try await shop.entity(Counter.self, "c").value()
      return [balance, value]
    }
    #expect(told == [1, 1])
  }

  @Test(arguments: 1...4) func toldCommandsSurviveALinkThatIsNotThereYet(seed: UInt64) throws {
    let scene = try CallScene(seed: seed)
    try scene.cluster.run { shop in
      for number in 0..<64 { shop.entity(Ledger.self, "l\(number)").tell.book(1) }
    }
    // On their way and not answered: durable ones are sent again.
    scene.network.reset("client", "n1")
    let values = try scene.cluster.run { shop in
      for number in 0..<64 { shop.entity(Ledger.self, "l\(number)").tell.book(1) }
      var values: [Int] = []
      for number in 0..<64 {
        let ledger = shop.entity(Ledger.self, "l\(number)")
        var value = try await ledger.balance()
        while value < 2 { value = try await ledger.balance() }
        values.append(value)
      }
      return values
    }
    #expect(values == Array(repeating: 2, count: 64), "each ran once")
  }

  @Test func whatCannotBeSentIsCounted() throws {
    let scene = try CallScene()
    scene.cluster.crash("n1")
    let lost = try scene.cluster.run { shop in
      for _ in 0..<10 { shop.entity(Counter.self, "c1").within(.seconds(1)).tell.add(1) }
      shop.entity(Counter.self, "").tell.add(1)
      var counts = Stage.Counters()
      while counts.toldLost < 11 {
        counts = await shop.onEachStage { $0.counters }[0]
        _ = try? await shop.entity(Counter.self, "c1").within(.milliseconds(50)).value()
      }
      return [counts.told, counts.toldLost]
    }
    #expect(lost == [11, 11])
  }
}
