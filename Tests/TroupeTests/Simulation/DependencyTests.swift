// What an entity gets from outside: what it was registered with, and randomness and clocks from its context. In a simulation a seed
// decides all of it.
import Testing
import Troupe
import TroupeTesting

@Suite struct DependencyTests {
  struct ListedPrices: Prices {
    let list: [String: Int]
    func price(of article: String) -> Int? { list[article] }
  }

  static func cluster(seed: UInt64 = 1) throws -> SimulatedCluster {
    let prices = ListedPrices(list: ["mug": 990])
    return try SimulatedCluster(seed: seed) { $0.register(Quote.self) { Quote(context: $0, prices: prices) } }
  }

  static func readings(seed: UInt64) throws -> [Quote.Reading] {
    let cluster = try cluster(seed: seed)
    return try (0..<4).map { number in
      defer { cluster.advance(by: .seconds(60)) }
      return try cluster.run { try await $0.entity(Quote.self, "q\(number % 2)").reading() }
    }
  }

  @Test func anEntityHasWhatItWasRegisteredWith() throws {
    let cluster = try Self.cluster()
    #expect(try cluster.run { try await $0.entity(Quote.self, "a").price(of: "mug") } == 990)
    #expect(try cluster.run { try await $0.entity(Quote.self, "b").price(of: "cup") } == nil)
  }

  @Test func theSameSeedGivesTheSameNumbersAndTimes() throws {
    let first = try Self.readings(seed: 7)
    #expect(try Self.readings(seed: 7) == first)
    #expect(Set(first.map(\.number)).count == first.count)
    let other = try Self.readings(seed: 8)
    #expect(Set(other.map(\.number)).isDisjoint(with: first.map(\.number)))
  }

  @Test func bothClocksFollowTheWorld() throws {
    let readings = try Self.readings(seed: 7)
    for (earlier, later) in zip(readings, readings.dropFirst()) {
      let passed = later.nowNanoseconds - earlier.nowNanoseconds
      #expect(passed >= 60_000_000_000)
      // Milliseconds are rounded down, twice.
      #expect(abs((later.wallMilliseconds - earlier.wallMilliseconds) - passed / 1_000_000) <= 1)
    }
  }
}
