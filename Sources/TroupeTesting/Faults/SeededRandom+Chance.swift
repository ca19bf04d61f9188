// A seeded generator as dice.
import TroupeNet

extension SeededRandom {
  /// Whether something of this probability happens now. One number is used up, whatever the answer.
  mutating func happens(_ probability: Double) -> Bool {
    let drawn = next()
    if probability >= 1 { return true }
    return probability > 0 && drawn < UInt64(probability * 0x1p64)
  }
}
