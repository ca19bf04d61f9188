// Amounts: what is added, what is refused, how it reads.
import ShopMoney
import Testing
import TroupeWire

@Suite("Money") struct MoneyTests {
  @Test("amounts of one currency are added, subtracted and multiplied exactly")
  func exact() throws {
    let unit = Money(1_999, .eur)
    #expect(try unit.times(3) == Money(5_997, .eur))
    #expect(try unit.plus(Money(1, .eur)) == Money(2_000, .eur))
    #expect(try unit.minus(Money(2_000, .eur)) == Money(-1, .eur))
    #expect(try Money.sum([unit, unit, Money(-1, .eur)], .eur) == Money(3_997, .eur))
    #expect(try Money.sum([], .jpy) == .zero(.jpy))
  }

  @Test("two currencies are refused by name, whatever is done with them")
  func mixed() {
    let (euros, yen) = (Money(1, .eur), Money(1, .jpy))
    #expect(throws: MoneyError.currenciesDiffer(.eur, .jpy)) { try euros.plus(yen) }
    #expect(throws: MoneyError.currenciesDiffer(.jpy, .eur)) { try yen.minus(euros) }
    #expect(throws: MoneyError.currenciesDiffer(.eur, .jpy)) { try euros.isLess(than: yen) }
    #expect(throws: MoneyError.currenciesDiffer(.eur, .jpy)) { try Money.sum([yen], .eur) }
    #expect(throws: MoneyError.currenciesDiffer(.eur, .jpy)) { try euros.spread(over: [yen]) }
  }

  @Test("what 64 bits do not hold is refused")
  func overflow() {
    let most = Money(.max, .eur)
    #expect(throws: MoneyError.tooLarge) { try most.plus(Money(1, .eur)) }
    #expect(throws: MoneyError.tooLarge) { try Money(.min, .eur).minus(Money(1, .eur)) }
    #expect(throws: MoneyError.tooLarge) { try Money(.max / 2, .eur).times(3) }
    #expect(throws: MoneyError.tooLarge) { try Money(.min, .eur).times(-1) }
    #expect(throws: MoneyError.tooLarge) { try Rate(partsPerMillion: 2_000_000).of(most) }
  }

  @Test(
    "it reads as its currency is written",
    arguments: [
      (Money(1_999, .eur), "19.99 EUR"), (Money(5, .usd), "0.05 USD"), (Money(-5, .usd), "-0.05 USD"), (Money(0, .gbp), "0.00 GBP"),
      (Money(500, .jpy), "500 JPY"), (Money(1_234_567, Currency(rawValue: "KWD")!), "1234.567 KWD"),
      (Money(.min, .eur), "-92233720368547758.08 EUR"),
    ])
  func description(_ amount: Money, _ text: String) { #expect(amount.description == text) }

  @Test("digits are those of ISO 4217, and what is no currency is none")
  func currencies() {
    #expect(Currency.all.count > 150)
    #expect(Currency.jpy.fractionDigits == 0 && Currency.eur.fractionDigits == 2)
    #expect(Currency(rawValue: "KWD")?.fractionDigits == 3)
    for code in ["", "eur", "EURO", "XXX", "XAU", "ZZZ", "EU", "DEM"] { #expect(Currency(rawValue: code) == nil, "\(code)") }
  }

  @Test("an amount travels, and none of a currency that does not exist arrives")
  func wire() throws {
    let amount = Money(-1_999, .gbp)
    #expect(try Money(wireBytes: amount.wireBytes) == amount)
    var forged = amount.wireBytes
    let at = try #require(forged.firstIndex(of: UInt8(ascii: "G")))
    forged[at] = UInt8(ascii: "Q")
    #expect(throws: WireError.self) { try Money(wireBytes: forged) }
  }
}
