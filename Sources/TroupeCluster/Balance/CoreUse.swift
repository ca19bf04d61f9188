// How much of a core something takes. What the balancer compares; whole numbers, so that sums are the same in every order.

/// A part of one core, in millionths: microseconds a second.
public struct CoreUse: Hashable, Comparable, Sendable {
  public var millionths: Int

  public init(millionths: Int) { self.millionths = millionths }

  public static let zero = CoreUse(millionths: 0)

  public static func < (left: CoreUse, right: CoreUse) -> Bool { left.millionths < right.millionths }
  public static func + (left: CoreUse, right: CoreUse) -> CoreUse { CoreUse(millionths: left.millionths + right.millionths) }
  public static func - (left: CoreUse, right: CoreUse) -> CoreUse { CoreUse(millionths: left.millionths - right.millionths) }
  public static func += (left: inout CoreUse, right: CoreUse) { left.millionths += right.millionths }

  /// In cores.
  public var cores: Double { Double(millionths) / 1_000_000 }
}

extension CoreUse: CustomStringConvertible {
  /// "0.42 cores"; three digits where there is so little that two would say nothing.
  public var description: String { "\(Self.decimal(cores, digits: millionths < 10_000 ? 3 : 2)) cores" }

  /// A number with so many digits behind the point.
  static func decimal(_ number: Double, digits: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((min(max(number, 0), 1_000_000) * Double(scale)).rounded())
    let part = String(scaled % scale + scale).dropFirst()
    return "\(scaled / scale).\(part)"
  }
}
