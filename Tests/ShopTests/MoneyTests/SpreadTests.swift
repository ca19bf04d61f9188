// Amounts that several lines carry together, and amounts that are paid back in parts.
import ShopMoney
import Testing
import TroupeNet

@Suite("Shares and parts") struct SpreadTests {
  private func euros(_ minors: [Int64]) -> [Money] { minors.map { Money($0, .eur) } }

  @Test(
    "the cents that are left go where most was cut off, and of equals to the earlier",
    arguments: [
      (100, [1, 1, 1], [34, 33, 33]), (100, [2, 1, 1, 2], [33, 17, 17, 33]), (1, [5, 5], [1, 0]), (0, [5, 5], [0, 0]),
      (7, [0, 3], [0, 7]), (-100, [1, 1, 1], [-34, -33, -33]), (5, [5], [5]),
      (0, [0, 0], [0, 0]), (0, [], []),
    ] as [(Int64, [Int64], [Int64])])
  func known(_ amount: Int64, _ weights: [Int64], _ shares: [Int64]) throws {
    #expect(try Money(amount, .eur).spread(over: euros(weights)) == euros(shares))
  }

  @Test("nobody carries what is spread over nothing, nor over less than nothing")
  func refused() {
    #expect(throws: MoneyError.nothingToSpreadOver) { try Money(1, .eur).spread(over: []) }
    #expect(throws: MoneyError.nothingToSpreadOver) { try Money(1, .eur).spread(over: euros([0, 0])) }
    #expect(throws: MoneyError.nothingToSpreadOver) { try Money(1, .eur).spread(over: euros([2, -1])) }
  }

  @Test("shares sum to the amount, none is above its weight, and none a whole unit off", arguments: 1...30)
  func anyShares(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let scale: UInt64 = [10, 1_000, 1_000_000_000, UInt64(Int64.max / 16)][Int(random.next() % 4)]
      let weights = euros((0..<Int(1 + random.next() % 12)).map { _ in Int64(random.next() % scale) })
      let whole = try Money.sum(weights, .eur)
      guard !whole.isZero else { continue }
      let amount = Money(Int64(random.next() % UInt64(whole.minor + 1)), .eur)
      let shares = try amount.spread(over: weights)
      #expect(try Money.sum(shares, .eur) == amount)
      for (share, weight) in zip(shares, weights) {
        #expect(share.minor >= 0 && share.minor <= weight.minor)
        let off = Int128(share.minor) * Int128(whole.minor) - Int128(amount.minor) * Int128(weight.minor)
        #expect(off.magnitude < UInt128(whole.minor))
      }
    }
  }

  @Test("pieces of a line, paid back one after the other in any steps, sum to the line: gross, tax and net", arguments: 1...30)
  func anyParts(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<100 {
      let gross = Money(Int64(random.next() % [3, 50, 100_000][Int(random.next() % 3)]), .eur)
      let line = try TaxedAmount(gross: gross, including: Rate(partsPerMillion: UInt32(random.next() % 1_000_001)))
      let pieces = Int(1 + random.next() % 20)
      var (paid, back) = (0, try line.first(0, of: pieces))
      while paid < pieces {
        let next = paid + Int(1 + random.next() % UInt64(pieces - paid))
        let upTo = try line.first(next, of: pieces)
        let part = try upTo.minus(back)
        let net = try part.net()
        #expect(!part.gross.isNegative && !part.tax.isNegative && !net.isNegative, "\(part) of \(line)")
        (paid, back) = (next, upTo)
      }
      #expect(back == line)
    }
  }

  @Test("an amount is paid back in amounts as well, and never more than there is")
  func amounts() throws {
    let line = try TaxedAmount(gross: Money(1_190, .eur), including: .percent(19))
    #expect(try line.upTo(Money(595, .eur)) == TaxedAmount(gross: Money(595, .eur), including: .percent(19)))
    #expect(try line.upTo(Money(1_190, .eur)) == line)
    #expect(throws: MoneyError.noSuchPart) { try line.upTo(Money(1_191, .eur)) }
    #expect(throws: MoneyError.noSuchPart) { try line.upTo(Money(-1, .eur)) }
    #expect(throws: MoneyError.noSuchPart) { try line.first(6, of: 5) }
    #expect(throws: MoneyError.noSuchPart) { try line.first(0, of: 0) }
    #expect(throws: MoneyError.currenciesDiffer(.eur, .usd)) { try line.upTo(Money(1, .usd)) }
  }
}
