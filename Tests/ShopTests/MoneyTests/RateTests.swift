// Shares of amounts, and where they round.
import Testing
import TroupeNet

@testable import ShopMoney

@Suite("Rates") struct RateTests {
  @Test(
    "the nearest, and from the middle the one further from zero",
    arguments: [
      (25, 10, 3), (24, 10, 2), (26, 10, 3), (-25, 10, -3), (-24, 10, -2), (5, 10, 1), (-5, 10, -1), (4, 10, 0), (0, 7, 0), (1, 3, 0),
      (2, 3, 1),
    ])
  func rounding(_ dividend: Int, _ divisor: Int, _ quotient: Int) {
    #expect(Rounding.quotient(Int128(dividend), by: Int128(divisor)) == Int128(quotient))
  }

  @Test("19 % on top of 10.00 are 1.90, and within 11.90 the same 1.90")
  func known() throws {
    let vat = Rate.percent(19)
    #expect(try vat.of(Money(1_000, .eur)) == Money(190, .eur))
    #expect(try vat.within(Money(1_190, .eur)) == Money(190, .eur))
    #expect(try Rate(partsPerMillion: 77_000).of(Money(999, .eur)) == Money(77, .eur), "7.7 % of 9.99 are 0.76923")
    #expect(try Rate.zero.within(Money(1_190, .eur)).isZero)
  }

  @Test("the largest amounts are computed exactly")
  func large() throws {
    #expect(try Rate.percent(100).of(Money(.max, .jpy)) == Money(.max, .jpy))
    #expect(try Rate.percent(100).within(Money(.max, .jpy)) == Money(.max / 2 + 1, .jpy))
  }

  @Test("whatever the rate, net and tax are the gross, and neither is further off than half a unit", arguments: 1...20)
  func anyRate(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let rate = Rate(partsPerMillion: UInt32(random.next() % 300_001))
      let gross = Money(Int64(random.next() % 10_000_000_000), .eur)
      let line = try TaxedAmount(gross: gross, including: rate)
      #expect(try line.net().plus(line.tax) == gross)
      let off = Int128(line.tax.minor) * (1_000_000 + Int128(rate.partsPerMillion)) - Int128(gross.minor) * Int128(rate.partsPerMillion)
      #expect(off.magnitude * 2 <= 1_000_000 + UInt128(rate.partsPerMillion))
    }
  }
}
