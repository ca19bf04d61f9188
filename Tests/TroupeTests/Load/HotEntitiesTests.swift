// The sketch of the most called entities: small, and right about whoever stands out.
import Testing

@testable import Troupe

@Suite struct HotEntitiesTests {
  private func note(_ hot: inout HotEntities, _ number: UInt64, by caller: String = "g1", times: Int = 1) {
    for _ in 0..<times { hot.note(kind: 1, hash: number, entity: "e\(number)", caller: caller, nanoseconds: 10) }
  }

  @Test func countsExactlyWhileThereIsRoom() {
    var hot = HotEntities()
    for number in 1...UInt64(HotEntities.capacity) { note(&hot, number, times: Int(number)) }
    #expect(hot.hottest.map(\.samples) == (1...UInt64(HotEntities.capacity)).reversed())
    #expect(hot.hottest[0].nanoseconds == UInt64(HotEntities.capacity) * 10)
  }

  @Test(arguments: 1...5) func whoeverStandsOutIsFoundAmongMany(seed: UInt64) {
    var (hot, state) = (HotEntities(), seed)
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    // One call in ten goes to each of three; the others to a hundred thousand.
    for _ in 0..<20_000 {
      let draw = random() % 10
      note(&hot, draw < 3 ? draw : 1_000 + random() % 100_000)
    }
    #expect(Set(hot.hottest.prefix(3).map(\.hash)) == [0, 1, 2])
    for spot in hot.hottest.prefix(3) {
      #expect((1_300...2_300).contains(spot.samples - spot.inherited), "\(spot.samples) \(spot.inherited)")
    }
    #expect(hot.spots.count == HotEntities.capacity)
  }

  @Test func namesWhoCallsMost() {
    var hot = HotEntities()
    for number in 0..<50 { note(&hot, 1, by: "g\(number)") }
    note(&hot, 1, by: "often", times: 100)
    let callers = hot.hottest[0].callers
    #expect(callers.count == HotEntities.callersAnEntity)
    #expect(callers.max { $0.samples < $1.samples }?.name == "often")
  }

  @Test func aWindowTellsTheLastWholeOne() {
    var load = ShardLoad()
    for _ in 0..<32 { if load.countsNext() { load.sampled(.microseconds(3), bytes: 100) } }
    #expect(load.window == LoadSums(calls: 32, nanoseconds: 2 * 16 * 3_000, bytes: 2 * 16 * 100, activations: 0))
    load.turn()
    for _ in 0..<5 { _ = load.countsNext() }
    #expect(load.window.calls == 32)
    load.turn()
    #expect(load.window == LoadSums(calls: 5, nanoseconds: 0, bytes: 0, activations: 0))
  }
}
