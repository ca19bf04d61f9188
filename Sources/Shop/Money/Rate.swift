// Shares of an amount: taxes, percentages off. Parts per million, products in 128 bits, and one rounding.

import Troupe

/// So many millionths: 19 % is `Rate(partsPerMillion: 190_000)`.
@Wire public struct Rate: Hashable, Sendable {
  public let partsPerMillion: UInt32

  public init(partsPerMillion: UInt32) { self.partsPerMillion = partsPerMillion }

  public static func percent(_ percent: UInt16) -> Rate { Rate(partsPerMillion: UInt32(percent) * 10_000) }

  public static let zero = Rate(partsPerMillion: 0)
  static let whole: Int128 = 1_000_000

  /// This share of an amount, rounded half away from zero.
  public func of(_ amount: Money) throws(MoneyError) -> Money {
    try Money(exactly: Rounding.quotient(Int128(amount.minor) * Int128(partsPerMillion), by: Self.whole), amount.currency)
  }

  /// How much of an amount that contains it is this share on top of the rest: `round(gross · r / (1 + r))`.
  public func within(_ gross: Money) throws(MoneyError) -> Money {
    let share = Int128(partsPerMillion)
    return try Money(exactly: Rounding.quotient(Int128(gross.minor) * share, by: Self.whole + share), gross.currency)
  }
}

enum Rounding {
  /// The nearest whole number; from the middle, the one that is further from zero.
  ///
  /// - Precondition: `divisor` is positive, and twice the dividend fits.
  static func quotient(_ dividend: Int128, by divisor: Int128) -> Int128 {
    let (whole, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard rest.magnitude * 2 >= divisor.magnitude else { return whole }
    return dividend < 0 ? whole - 1 : whole + 1
  }
}
