// An amount that belongs to several lines: each carries a share by its weight, and the shares sum to the amount to the cent.

extension Money {
  /// Shares of this amount by weight, in the order of the weights.
  ///
  /// Each share is the exact one, rounded down or up; up where most was cut off, and of equals the earlier. So the shares sum to the amount,
  /// and none is larger than its weight where the amount is not larger than all of them.
  ///
  /// - Parameter weights: of one currency with the amount, none negative.
  public func spread(over weights: [Money]) throws(MoneyError) -> [Money] {
    var sum: Int128 = 0
    for weight in weights {
      guard weight.currency == currency else { throw .currenciesDiffer(currency, weight.currency) }
      guard !weight.isNegative else { throw .nothingToSpreadOver }
      sum += Int128(weight.minor)
    }
    guard sum > 0 else {
      guard isZero else { throw .nothingToSpreadOver }
      return weights.map { _ in .zero(currency) }
    }
    let amount = Int128(minor.magnitude)
    var shares: [Int128] = []
    var cutOff: [(rest: Int128, index: Int)] = []
    for (index, weight) in weights.enumerated() {
      let (share, rest) = (amount * Int128(weight.minor)).quotientAndRemainder(dividingBy: sum)
      shares.append(share)
      cutOff.append((rest, index))
    }
    let missing = Int(amount - shares.reduce(0, +))
    cutOff.sort { ($1.rest, $0.index) < ($0.rest, $1.index) }
    for (_, index) in cutOff.prefix(missing) { shares[index] += 1 }
    var spread: [Money] = []
    for share in shares { spread.append(try Money(exactly: isNegative ? -share : share, currency)) }
    return spread
  }
}
