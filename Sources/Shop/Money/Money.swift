// Amounts. Whole minor units of one currency: nothing is ever rounded by accident, and what cannot be added is not added.

import Troupe

/// An amount of money, in the smallest unit of its currency.
///
/// ```swift
/// let unit = Money(1_999, .eur)       // 19.99 EUR
/// let line = try unit.times(3)        // 59.97 EUR
/// try line.plus(Money(500, .usd))     // throws MoneyError.currenciesDiffer
/// ```
///
/// All arithmetic throws what went wrong: two currencies, or a sum beyond 64 bits. There is no floating point, here or in what is made of it.
@Wire public struct Money: Hashable, Sendable {
  /// Cents, pence, yen, fils.
  public let minor: Int64
  public let currency: Currency

  public init(_ minor: Int64, _ currency: Currency) {
    self.minor = minor
    self.currency = currency
  }

  public static func zero(_ currency: Currency) -> Money { Money(0, currency) }

  public var isZero: Bool { minor == 0 }
  public var isNegative: Bool { minor < 0 }
}

/// Why there is no such amount.
@Wire public enum MoneyError: Error, Hashable {
  case currenciesDiffer(Currency, Currency)
  /// Beyond what 64 bits hold.
  case tooLarge
  /// Something has to be spread, and nobody can carry it.
  case nothingToSpreadOver
  /// A part of nothing, or more than the whole.
  case noSuchPart
}

extension Money {
  public func plus(_ other: Money) throws(MoneyError) -> Money {
    try same(as: other)
    return try Money(checked: minor.addingReportingOverflow(other.minor), currency)
  }

  public func minus(_ other: Money) throws(MoneyError) -> Money {
    try same(as: other)
    return try Money(checked: minor.subtractingReportingOverflow(other.minor), currency)
  }

  public func times(_ quantity: Int) throws(MoneyError) -> Money {
    try Money(checked: minor.multipliedReportingOverflow(by: Int64(quantity)), currency)
  }

  public func isLess(than other: Money) throws(MoneyError) -> Bool {
    try same(as: other)
    return minor < other.minor
  }

  public func lesser(_ other: Money) throws(MoneyError) -> Money { try other.isLess(than: self) ? other : self }

  /// Of none it is zero of the currency.
  public static func sum(_ amounts: some Sequence<Money>, _ currency: Currency) throws(MoneyError) -> Money {
    var sum = zero(currency)
    for amount in amounts { sum = try sum.plus(amount) }
    return sum
  }

  private func same(as other: Money) throws(MoneyError) {
    guard currency == other.currency else { throw .currenciesDiffer(currency, other.currency) }
  }

  private init(checked result: (partialValue: Int64, overflow: Bool), _ currency: Currency) throws(MoneyError) {
    guard !result.overflow else { throw .tooLarge }
    self.init(result.partialValue, currency)
  }

  /// Of an exact result that is rounded already.
  init(exactly value: Int128, _ currency: Currency) throws(MoneyError) {
    guard let minor = Int64(exactly: value) else { throw .tooLarge }
    self.init(minor, currency)
  }
}

extension Money: CustomStringConvertible {
  /// `19.99 EUR`, `-0.05 EUR`, `500 JPY`: all digits of the currency, and a point whoever reads it.
  public var description: String {
    let digits = currency.fractionDigits
    var text = String(minor.magnitude)
    if digits > 0 {
      text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
    }
    return "\(isNegative ? "-" : "")\(text) \(currency)"
  }
}
