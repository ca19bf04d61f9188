// Which currencies there are, and how many digits each has behind its point. A table, and never "times a hundred": yen have none, dinars three.

import Troupe

/// A currency by its ISO 4217 code.
///
/// Only currencies that are in use can be made, so whatever travels or is stored is one.
public struct Currency: RawRepresentable, Hashable, Sendable, Wire, Comparable, CustomStringConvertible {
  /// Three capital letters.
  public let rawValue: String

  public init?(rawValue: String) {
    guard Self.digits[rawValue] != nil else { return nil }
    self.rawValue = rawValue
  }

  /// A code that is known to be one.
  private init(_ code: String) { rawValue = code }

  public static let eur = Currency("EUR")
  public static let usd = Currency("USD")
  public static let gbp = Currency("GBP")
  public static let jpy = Currency("JPY")

  /// Digits behind the point: an amount of one minor unit is the `fractionDigits`-th power of a tenth.
  public var fractionDigits: Int { Self.digits[rawValue]! }

  public static var all: [Currency] { digits.keys.sorted().map { Currency($0) } }

  public var description: String { rawValue }
  public static func < (left: Currency, right: Currency) -> Bool { left.rawValue < right.rawValue }

  /// ISO 4217, list one, without funds, metals and codes for tests.
  private static let digits: [String: Int] = {
    let byDigits: [(Int, String)] = [
      (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
      (
        2,
        """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP \
        ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL \
        MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD \
        SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
        """
      ),
      (3, "BHD IQD JOD KWD LYD OMR TND"),
    ]
    var digits: [String: Int] = [:]
    for (count, codes) in byDigits {
      for code in codes.split(separator: " ") { digits[String(code)] = count }
    }
    return digits
  }()
}
