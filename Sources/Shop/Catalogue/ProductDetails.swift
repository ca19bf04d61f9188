// What a merchant writes about a product, and what may be wrong with it.

import ShopMoney
import Troupe

/// An article's stock keeping unit, for example `mug-blue-l`: 1 to 64 printable ASCII characters without a space.
public typealias SKU = String

/// Where it is sold, for example `eu` or `us`: what a price, a tax and an allocation order belong to.
public typealias Market = String

@Wire public struct ProductDetails: Sendable, Equatable {
  /// The last part of its address, for example `blue-mug`.
  public var slug: String
  public var title: String
  public var text: String
  public var variants: [Variant]
  /// Where it may be sold; empty is: everywhere.
  public var regions: [String]

  public init(slug: String, title: String, text: String = "", variants: [Variant], regions: [String] = []) {
    (self.slug, self.title, self.text) = (slug, title, text)
    (self.variants, self.regions) = (variants, regions)
  }
}

/// One form of a product that can be bought.
@Wire public struct Variant: Sendable, Hashable {
  public var sku: SKU
  /// What makes it another than its siblings, for example `size: L`.
  public var options: [String: String]

  public init(sku: SKU, options: [String: String] = [:]) {
    self.sku = sku
    self.options = options
  }
}

@Wire public struct PriceKey: Sendable, Hashable {
  public var sku: SKU
  public var market: Market

  public init(sku: SKU, market: Market) {
    self.sku = sku
    self.market = market
  }
}

/// A price, from when on.
@Wire public struct PricePoint: Sendable, Hashable {
  public var amount: Money
  public var from: WallTime

  public init(amount: Money, from: WallTime) {
    self.amount = amount
    self.from = from
  }
}

/// When it can be bought.
@Wire public struct SaleWindow: Sendable, Hashable {
  public var from: WallTime
  /// Nil is: without an end.
  public var until: WallTime?

  public init(from: WallTime, until: WallTime? = nil) {
    self.from = from
    self.until = until
  }

  public func contains(_ time: WallTime) -> Bool { time >= from && until.map { time < $0 } ?? true }
}

/// A field that is wrong, as a JSON pointer, and what is wrong with it.
@Wire public struct FieldProblem: Sendable, Hashable {
  public let pointer: String
  public let message: String

  public init(_ pointer: String, _ message: String) {
    self.pointer = pointer
    self.message = message
  }
}

public enum CatalogueLimits {
  public static let slugLength = 100
  public static let titleLength = 200
  public static let textLength = 20_000
  public static let variants = 100
  public static let options = 10
  public static let optionLength = 64
  public static let skuLength = 64
  public static let regions = 300
  /// Changes of one price that are remembered, and so the most in the time for which prices are.
  public static let pricePoints = 500
  /// How long a price is remembered that is valid no more.
  public static let remembersPrices: Duration = .seconds(30 * 86_400)
}

extension ProductDetails {
  /// Everything that is wrong, so that whoever wrote it hears it once.
  var problems: [FieldProblem] {
    var problems: [FieldProblem] = []
    func expect(_ isRight: Bool, _ pointer: String, _ message: @autoclosure () -> String) {
      if !isRight { problems.append(FieldProblem(pointer, message())) }
    }
    expect(Self.isSlug(slug), "/slug", "1 to \(CatalogueLimits.slugLength) small letters, digits and single hyphens, as in blue-mug")
    expect(Self.isLine(title, 1...CatalogueLimits.titleLength), "/title", "one line of 1 to \(CatalogueLimits.titleLength) characters")
    expect(text.count <= CatalogueLimits.textLength, "/text", "at most \(CatalogueLimits.textLength) characters")
    expect(!variants.isEmpty, "/variants", "a product has a variant at least")
    expect(variants.count <= CatalogueLimits.variants, "/variants", "at most \(CatalogueLimits.variants) variants")
    var skus: Set<SKU> = []
    for (index, variant) in variants.prefix(CatalogueLimits.variants).enumerated() {
      let at = "/variants/\(index)"
      expect(Self.isSKU(variant.sku), "\(at)/sku", "1 to \(CatalogueLimits.skuLength) printable ASCII characters without a space")
      expect(skus.insert(variant.sku).inserted, "\(at)/sku", "\(variant.sku) is there already")
      expect(variant.options.count <= CatalogueLimits.options, "\(at)/options", "at most \(CatalogueLimits.options)")
      let areLines = variant.options.allSatisfy { option in
        [option.key, option.value].allSatisfy { Self.isLine($0, 1...CatalogueLimits.optionLength) }
      }
      expect(areLines, "\(at)/options", "names and values are lines of 1 to \(CatalogueLimits.optionLength) characters")
    }
    let areCodes =
      regions.count <= CatalogueLimits.regions
      && regions.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x41...0x5a).contains($0) } }
    expect(areCodes && Set(regions).count == regions.count, "/regions", "codes of two capital letters, each once, as in DE")
    return problems
  }

  private static func isSlug(_ slug: String) -> Bool {
    let parts = slug.split(separator: "-", omittingEmptySubsequences: false)
    return (1...CatalogueLimits.slugLength).contains(slug.utf8.count)
      && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) } }
  }

  private static func isSKU(_ sku: SKU) -> Bool {
    (1...CatalogueLimits.skuLength).contains(sku.utf8.count) && sku.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }

  private static func isLine(_ text: String, _ length: ClosedRange<Int>) -> Bool {
    length.contains(text.count) && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
  }
}
