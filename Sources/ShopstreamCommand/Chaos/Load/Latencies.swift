// How long calls took, counted in classes two per cent wide: as much as a plot and a verdict need, however many calls there are.

import Foundation

struct Latencies: Hashable, Sendable {
  private static let width = log(1.02)

  private var classes: [Int: Int] = [:]
  private(set) var count = 0

  mutating func add(_ latency: Duration) {
    let microseconds = max(1, latency / .microseconds(1))
    classes[Int(log(microseconds) / Self.width), default: 0] += 1
    count += 1
  }

  mutating func add(_ other: Latencies) {
    classes.merge(other.classes, uniquingKeysWith: +)
    count += other.count
  }

  /// In milliseconds, the upper end of its class; nil when there is none.
  func quantile(_ share: Double) -> Double? {
    guard count > 0 else { return nil }
    var left = max(1, Int((Double(count) * share).rounded(.up)))
    for (place, number) in classes.sorted(by: { $0.key < $1.key }) {
      left -= number
      if left <= 0 { return exp(Double(place + 1) * Self.width) / 1_000 }
    }
    return nil
  }
}
