// What somebody pays and what of it is tax; and parts of both that sum to the whole in whatever steps they are paid back.

import Troupe

/// A gross amount and the tax in it. Computed once, for a line; everything else is sums and parts of it.
@Wire public struct TaxedAmount: Hashable, Sendable {
  public let gross: Money
  public let tax: Money

  /// Of a price that contains its tax.
  public init(gross: Money, including rate: Rate) throws(MoneyError) {
    self.init(gross: gross, tax: try rate.within(gross))
  }

  /// Of a price to which tax is added.
  public init(net: Money, adding rate: Rate) throws(MoneyError) {
    let tax = try rate.of(net)
    self.init(gross: try net.plus(tax), tax: tax)
  }

  init(gross: Money, tax: Money) {
    self.gross = gross
    self.tax = tax
  }

  public func net() throws(MoneyError) -> Money { try gross.minus(tax) }

  public func plus(_ other: TaxedAmount) throws(MoneyError) -> TaxedAmount {
    TaxedAmount(gross: try gross.plus(other.gross), tax: try tax.plus(other.tax))
  }

  public func minus(_ other: TaxedAmount) throws(MoneyError) -> TaxedAmount {
    TaxedAmount(gross: try gross.minus(other.gross), tax: try tax.minus(other.tax))
  }

  /// The first `part` of `whole` equal pieces, such as three of five of a line; all of them are the whole.
  public func first(_ part: Int, of whole: Int) throws(MoneyError) -> TaxedAmount {
    guard whole > 0, (0...whole).contains(part) else { throw .noSuchPart }
    let share = Rounding.quotient(Int128(gross.minor) * Int128(part), by: Int128(whole))
    return try upTo(try Money(exactly: share, gross.currency))
  }

  /// The part that has this gross amount. Its tax hangs on that alone and grows no faster, so what is between two parts is never a negative
  /// amount, of gross, tax or net, and all parts together have the whole tax.
  public func upTo(_ part: Money) throws(MoneyError) -> TaxedAmount {
    guard !part.isNegative, try !gross.isLess(than: part) else { throw .noSuchPart }
    guard !gross.isZero else { return self }
    let share = Rounding.quotient(Int128(tax.minor) * Int128(part.minor), by: Int128(gross.minor))
    return TaxedAmount(gross: part, tax: try Money(exactly: share, tax.currency))
  }
}
