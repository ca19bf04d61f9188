// Random moments that can be had again: the seed is printed, and CLUSTER_SEED repeats a run's choices.

import Foundation

struct Seed: RandomNumberGenerator {
  let value: UInt64
  private var state: UInt64

  init(for test: String) {
    value = ProcessInfo.processInfo.environment["CLUSTER_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999_999)
    state = value
    print("\(test): CLUSTER_SEED=\(value)")
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
