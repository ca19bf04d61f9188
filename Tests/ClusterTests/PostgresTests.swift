// Nodes on PostgreSQL, which is killed under load: what was acknowledged is there, once, and nobody stays stuck.

import Foundation
import PostgresServer
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct PostgresTests {
    static let carts = 300
    static let lines = 6
    static let width = 32

    @Test(.timeLimit(.minutes(4)))
    func `PostgreSQL killed with kill -9 and restarted under load keeps every acknowledged command, once, and halves none`() async throws {
      var seed = Seed(for: "kill -9 of PostgreSQL")
      let server = try PostgresServer()
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", ["--store", "postgres:" + server.conninfo()])
      let shopper = Shopper(up.gateway)
      let total = Self.carts * Self.lines
      let kills = (0..<2).map { total * (2 + 4 * $0) / 10 + Int.random(in: 0..<total / 10, using: &seed) }

      let (blows, strike) = AsyncStream<Void>.makeStream()
      let killer = Task {
        for await _ in blows {
          server.kill()
          try server.start()
        }
      }
      let acknowledged = Atomic(0)
      let outcomes = await concurrently(0..<total, width: Self.width) { number in
        let (line, cart) = (number / Self.carts, number % Self.carts)
        let outcome = await shopper.add("line-\(line)", quantity: line + 1, to: Self.name(cart), key: "\(cart)-\(line)")
        if kills.contains(acknowledged.add(1, ordering: .relaxed).newValue) { strike.yield() }
        return outcome
      }
      strike.finish()
      try await killer.value

      // Nobody is stuck: who was not acknowledged asks again, under the same key.
      for number in 0..<total where outcomes[number] != .acknowledged {
        let (line, cart) = (number / Self.carts, number % Self.carts)
        let again = await shopper.add("line-\(line)", quantity: line + 1, to: Self.name(cart), key: "\(cart)-\(line)")
        #expect(again == .acknowledged, "cart \(cart), line \(line), was \(outcomes[number]) and is \(again)")
      }
      let found = try await concurrently(0..<Self.carts, width: Self.width) { try await shopper.contents(of: Self.name($0)) }
      let whole = Dictionary(uniqueKeysWithValues: (0..<Self.lines).map { ("line-\($0)", $0 + 1) })
      for (cart, contents) in found.enumerated() { #expect(contents == whole, "cart \(cart)") }
      print(
        "kill -9 of PostgreSQL at \(kills) of \(total) adds: \(outcomes.filter { $0 != .acknowledged }.count) had to be asked for again")
      #expect(await up.events.all.allSatisfy { $0.event != "died" }, "no node died of it")
      #expect(await up.stop() == 0)

      // Another cluster's processes find everything.
      let second = try await UpProcess(data: folder.path + "/data", ["--store", "postgres:" + server.conninfo()])
      #expect(try await Shopper(second.gateway).contents(of: Self.name(7)) == whole)
      #expect(await second.stop() == 0)
    }

    static func name(_ cart: Int) -> String { "cart-\(cart)" }
  }
}
