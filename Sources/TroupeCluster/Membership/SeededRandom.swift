// Randomness that a seed repeats: SplitMix64 (Steele, Lea and Flood, 2014).

/// The machine's own dice, seeded by the driver, so that a run can be repeated.
struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Score.mix(state)
  }

  /// Evenly between zero and `limit`.
  mutating func upTo(_ limit: Duration) -> Duration {
    .nanoseconds(Int64.random(in: 0...max(0, limit.wholeNanoseconds), using: &self))
  }
}
