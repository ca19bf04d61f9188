// What is known of a product, and what may be done with it. Pure; the entity is in Product.swift.

import ShopMoney
import Troupe

extension Product {
  /// A product through its life: it does not exist, it is written, it can be bought within its window, it is put away for good.
  @Wire public struct State: Sendable, Equatable {
    /// Counts changes; 0 is: it was never created. The `ETag` of everything that shows this state.
    public private(set) var version = 0
    public private(set) var details: ProductDetails?
    /// Newest last, of each SKU and market.
    public private(set) var prices: [PriceKey: [PricePoint]] = [:]
    public private(set) var window: SaleWindow?
    public private(set) var isArchived = false

    public init() {}

    public mutating func apply(_ event: Event) {
      version += 1
      switch event {
      case .described(let details): self.details = details
      case .priced(let key, let point):
        prices[key, default: []].append(point)
        forget(key, before: point.from - CatalogueLimits.remembersPrices)
      case .offered(let window): self.window = window
      case .archived: isArchived = true
      }
    }

    /// The price that was valid when the time to remember began is still needed, and nothing before it.
    private mutating func forget(_ key: PriceKey, before time: WallTime) {
      guard let points = prices[key], let valid = points.lastIndex(where: { $0.from <= time }) else { return }
      prices[key] = Array(points[valid...])
    }

    // MARK: Looking

    public func price(of sku: SKU, in market: Market, at time: WallTime) -> Money? {
      prices[PriceKey(sku: sku, market: market)]?.last { $0.from <= time }?.amount
    }

    /// Of the last thirty days before this moment: what a sale has to be compared with in the EU.
    public func lowestPrice(of sku: SKU, in market: Market, before time: WallTime) -> Money? {
      guard let points = prices[PriceKey(sku: sku, market: market)] else { return nil }
      let begin = time - CatalogueLimits.remembersPrices
      let first = points.lastIndex { $0.from <= begin } ?? 0
      return points[first...].filter { $0.from < time }.min { $0.amount.minor < $1.amount.minor }?.amount
    }

    public func canBeBought(at time: WallTime) -> Bool { !isArchived && window?.contains(time) == true }

    // MARK: Deciding

    func describing(_ details: ProductDetails, expecting version: Int?) throws(Failure) -> Event? {
      try check(version)
      let problems = details.problems
      guard problems.isEmpty else { throw .invalid(problems) }
      for sku in Set(prices.keys.map(\.sku)).subtracting(details.variants.map(\.sku)) {
        // An order may name it: it is put away with its product, not taken out.
        throw .invalid([FieldProblem("/variants", "the variant \(sku) has prices and stays")])
      }
      return details == self.details ? nil : .described(details)
    }

    func pricing(
      _ sku: SKU, in market: Market, _ amount: Money, from: WallTime, expecting version: Int?
    ) throws(Failure) -> Event? {
      try check(version)
      guard let details else { throw .unknown }
      guard details.variants.contains(where: { $0.sku == sku }) else {
        throw .invalid([FieldProblem("/sku", "the product has no variant \(sku)")])
      }
      guard amount.minor > 0 else { throw .invalid([FieldProblem("/amount", "a price is more than nothing, not \(amount)")]) }
      let key = PriceKey(sku: sku, market: market)
      if let newest = prices[key]?.last {
        guard newest.amount.currency == amount.currency else {
          throw .invalid([FieldProblem("/amount", "prices of \(sku) in \(market) are in \(newest.amount.currency)")])
        }
        guard from >= newest.from else { throw .invalid([FieldProblem("/from", "the newest price is valid from a later time")]) }
        if newest.amount == amount { return nil }
        guard prices[key]!.count < CatalogueLimits.pricePoints else {
          throw .invalid([FieldProblem("/amount", "the price has changed \(CatalogueLimits.pricePoints) times in thirty days")])
        }
      }
      return .priced(key, PricePoint(amount: amount, from: from))
    }

    func offering(_ window: SaleWindow, expecting version: Int?) throws(Failure) -> Event? {
      try check(version)
      guard details != nil else { throw .unknown }
      guard window.until.map({ $0 > window.from }) ?? true else { throw .invalid([FieldProblem("/until", "it ends before it begins")]) }
      return window == self.window ? nil : .offered(window)
    }

    func archiving(expecting version: Int?) throws(Failure) -> Event? {
      guard details != nil else { throw .unknown }
      if isArchived { return nil }
      try check(version)
      return .archived
    }

    private func check(_ expected: Int?) throws(Failure) {
      if isArchived { throw .isArchived }
      if let expected, expected != version { throw .stale(current: version) }
    }
  }

  /// What has happened to a product. New cases come at the end.
  @Wire public enum Event: Sendable, Equatable {
    case described(ProductDetails)
    case priced(PriceKey, PricePoint)
    case offered(SaleWindow)
    case archived
  }

  /// Why a product refuses; nothing has changed then.
  @Wire public enum Failure: Error, Equatable {
    /// It was never created.
    case unknown
    case isArchived
    /// Somebody else has changed it since it was looked at.
    case stale(current: Int)
    /// All that is wrong, at once.
    case invalid([FieldProblem])
  }
}
