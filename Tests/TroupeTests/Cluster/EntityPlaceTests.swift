// Where entities live and why, as operators are told.
import Testing
import Troupe
import TroupeTesting

@Suite struct EntityPlaceTests {
  @Test func aPlaceIsWhereTheEntityRuns() throws {
    let cluster = try SimulatedCluster(nodes: 3) { $0.register(Counter.self) }
    cluster.advance(by: .seconds(5))
    try cluster.run { shop in
      let shares = try await shop.status().nodes.map(\.entities)
      #expect(shares == [0, 0, 0])
      for number in 0..<20 {
        let id = "c\(number)"
        let before = try await shop.explain(kind: "counter", id: id)
        #expect(before.report?.shard == "serving" && before.report?.memory == nil)
        #expect(before.shardCount == 64 && before.pin == nil && before.desired == before.owner && before.address != nil)
        let counts = try await entities(shop)
        _ = try await shop.entity(Counter.self, id).add(1)
        let after = try await shop.explain(kind: "counter", id: id)
        #expect(after.report?.memory?.phase == "idle" && after.owner == before.owner)
        // It is the owner's memory that has one more.
        let grown = try await entities(shop).filter { $0.value != counts[$0.key] }
        #expect(Array(grown.keys) == [after.owner])
      }
    }
  }

  @Test func whatWasGivenSaysSoAndWhoIsGoneIsSilent() throws {
    let cluster = try SimulatedCluster(nodes: 2) { $0.register(Counter.self) }
    cluster.advance(by: .seconds(5))
    let id = try cluster.run { shop in
      var (number, place) = (0, try await shop.explain(kind: "counter", id: "c0"))
      while place.owner != "n2" {
        number += 1
        place = try await shop.explain(kind: "counter", id: "c\(number)")
      }
      #expect(place.wasGiven, "n1 had all shards, and gave half of them away")
      return "c\(number)"
    }
    cluster.crash("n2")
    try cluster.run { shop in
      let silent = try await shop.explain(kind: "counter", id: id)
      #expect(silent.owner == "n2" && silent.report == nil)
    }
    cluster.advance(by: .seconds(20))
    try cluster.run { shop in
      let taken = try await shop.explain(kind: "counter", id: id)
      #expect(taken.owner == "n1" && !taken.wasGiven && taken.report?.shard == "serving")
    }
  }
}

private func entities(_ shop: Cluster) async throws -> [String?: Int] {
  Dictionary(uniqueKeysWithValues: try await shop.status().nodes.map { (Optional($0.id), $0.entities) })
}
