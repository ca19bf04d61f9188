// The killer stands between every two durable steps of a node with consumers: a ledger's bookings go to another entity, once each, and to
// somebody outside, at least once each. Effects are counted in the store and outside, not in the process that dies.
import Testing
import Troupe
import TroupeTesting

@Suite struct TopicKillTests {
  static func cluster(_ store: any Store, _ sink: Sink) throws -> SimulatedCluster {
    try TopicTests.cluster(shards: 2, store) {
      $0.subscribe("outside", into: sink)
      $0.subscribe("mirror", to: .bookings) { delivery, cluster in
        guard delivery.origin.entity.hasPrefix("l") else { return }
        // A mirror's own bookings are no bookings of a ledger.
        _ = try await cluster.entity(Ledger.self, "m-\(delivery.origin.entity)").once(delivery.key).book(1)
      }
    }
  }

  @Test(arguments: DeathWatch.Moment.allCases) func whereverTheNodeEndsEachBookingIsMirroredOnce(_ moment: DeathWatch.Moment) throws {
    var steps = 0
    for victim in 0... {
      let store = FaultyStore(MemoryStore()) { _, _ in .done }
      let sink = Sink()
      let cluster = try Self.cluster(store, sink)
      let box = DeathWatch(over: store, victim: victim, moment)
      let acknowledged = try cluster.run { shop in
        var names: [String] = []
        for number in 0..<3 {
          do {
            _ = try await shop.entity(Ledger.self, "l\(number)").within(.seconds(2)).book(1)
            names.append("l\(number)")
          } catch {}
        }
        return names
      }
      cluster.advance(by: .seconds(3))
      let wasReached = box.isOver
      cluster.crash("n1")
      store.judge { _, _ in .done }
      try cluster.start("n1")
      try cluster.connectAnew()
      cluster.advance(by: .seconds(60))
      for name in ["l0", "l1", "l2"] {
        let (own, mirror) = try cluster.run { shop in
          (try await shop.entity(Ledger.self, name).balance(), try await shop.entity(Ledger.self, "m-\(name)").balance())
        }
        #expect(own == mirror, "write \(victim): \(name) has \(own), its mirror \(mirror)")
        #expect(!acknowledged.contains(name) || own == 1, "write \(victim): \(name)")
        #expect(sink.once.filter { $0 == "\(name) +1" }.count == own, "write \(victim): \(name)")
      }
      guard wasReached else { break }
      steps += 1
    }
    #expect(steps >= 7, "three bookings, their mirrors, and notes of the offsets are as many writes")
  }
}
