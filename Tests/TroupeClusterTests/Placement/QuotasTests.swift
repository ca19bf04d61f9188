// Shares of members.

import Testing

@testable import TroupeCluster

@Suite struct QuotasTests {
  private func quotas(_ shards: Int, _ weights: [Int], pinned: [Int]? = nil, loads: [Int]? = nil) -> [Int] {
    let none = weights.map { _ in 0 }
    return Quotas.exact(shards: shards, weights: weights, pinned: pinned ?? none, loads: loads ?? none)
  }

  @Test func theyAddUp() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<500 {
      let count = Int.random(in: 1...30, using: &random)
      let weights = (0..<count).map { _ in Int.random(in: 0...9, using: &random) } + [1]
      var pinned = weights.map { _ in 0 }
      for _ in 0..<Int.random(in: 0...100, using: &random) { pinned[Int.random(in: 0...count, using: &random)] += 1 }
      let result = quotas(200, weights, pinned: pinned)
      #expect(result.reduce(0, +) == 200)
      #expect(zip(result, pinned).allSatisfy { $0 >= $1 })
    }
  }

  @Test func theRoundingGoesToWhoHasTheMost() {
    #expect(quotas(10, [1, 1, 1], loads: [3, 3, 4]) == [3, 3, 4])
    #expect(quotas(10, [1, 1, 1], loads: [3, 4, 3]) == [3, 4, 3])
    #expect(quotas(10, [1, 1, 1], loads: [10, 0, 0]) == [4, 3, 3])
  }

  @Test func pinsAboveTheShareAreTakenFromTheOthers() {
    #expect(quotas(30, [1, 1, 1], pinned: [0, 20, 0]) == [5, 20, 5])
    #expect(quotas(30, [1, 0, 1], pinned: [0, 4, 0]) == [13, 4, 13])
  }
}
