// The killer stands between every two durable steps of a node's life with reminders: before or behind the n-th write of the store the node
// ends, for every n. Effects are counted in the store's log, not in the process.
import Testing
import Troupe
import TroupeTesting

@Suite struct ReminderKillTests {
  /// Events of all entities, as the log has them.
  private static func effects(_ store: MemoryStore, shards: Int) async throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for shard in 0..<shards {
      for record in try await store.readPage(ShardID(shard), from: Offset(0), limit: .max) {
        for event in record.turn.events {
          if case .rang(let name) = try Alarm.Event(wireBytes: event) { counts["\(record.entity) \(name)", default: 0] += 1 }
        }
      }
    }
    return counts
  }

  @Test(arguments: DeathWatch.Moment.allCases) func wheneverTheNodeEndsEachReminderHasOneEffect(_ moment: DeathWatch.Moment) async throws {
    var steps = 0
    for victim in 0... {
      let memory = MemoryStore()
      let store = FaultyStore(memory) { _, _ in .done }
      let cluster = try ReminderTests.cluster(shards: 2, store)
      let writes = DeathWatch(over: store, victim: victim, moment)
      let acknowledged = try cluster.run { shop in
        var names: Set<String> = []
        for number in 0..<3 {
          do {
            try await shop.entity(Alarm.self, "a\(number)").within(.seconds(2)).set("tea", seconds: 5 + number)
            names.insert("a\(number) tea")
          } catch {}
        }
        return names
      }
      cluster.advance(by: .seconds(10))
      let wasReached = writes.isOver
      cluster.crash("n1")
      store.judge { _, _ in .done }
      try cluster.start("n1")
      cluster.advance(by: .seconds(60))
      let effects = try await Self.effects(memory, shards: 2)
      for name in acknowledged { #expect(effects[name] == 1, "write \(victim): \(name)") }
      #expect(effects.values.allSatisfy { $0 == 1 }, "write \(victim): \(effects)")
      guard wasReached else { break }
      steps += 1
    }
    #expect(steps >= 6, "three commands and three reminders are as many writes")
  }
}
