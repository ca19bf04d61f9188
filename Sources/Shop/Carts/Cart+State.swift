// What a cart remembers, and the two pure functions that change it: deciding (may this be added?) and applying (now it is).
// Tested without an actor.

import Troupe

extension Cart {
  @Wire public struct State: Sendable, Equatable {
    /// Pieces by article; never 0.
    public var lines: [SKU: Int] = [:]

    public init() {}

    public mutating func apply(_ event: Event) {
      switch event {
      case .added(let sku, let quantity): lines[sku, default: 0] += quantity
      case .removed(let sku): lines[sku] = nil
      case .cleared: lines = [:]
      }
    }

    /// The event of adding, or why that cannot be.
    func adding(_ sku: SKU, quantity: Int) throws(Failure) -> Event {
      guard (1...CartLimits.quantity).contains(quantity) else { throw .quantityOutOfRange(quantity) }
      guard Self.isWellFormed(sku) else { throw .skuInvalid }
      if let inCart = lines[sku] {
        guard inCart + quantity <= CartLimits.quantity else { throw .tooManyOfOne(sku, inCart: inCart) }
      } else {
        guard lines.count < CartLimits.lines else { throw .tooManyLines }
      }
      return .added(sku, quantity: quantity)
    }

    /// What both hold, within what one cart may hold.
    func together(with other: State) -> State {
      let sums = lines.merging(other.lines) { min($0 + $1, CartLimits.quantity) }
      var both = State()
      for (sku, quantity) in sums.sorted(by: { $0.key < $1.key }).prefix(CartLimits.lines) { both.lines[sku] = quantity }
      return both
    }

    private static func isWellFormed(_ sku: SKU) -> Bool {
      (1...CartLimits.skuLength).contains(sku.utf8.count) && sku.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
  }

  /// What has happened to a cart. New cases come at the end.
  @Wire public enum Event: Sendable, Equatable {
    case added(SKU, quantity: Int)
    case removed(SKU)
    case cleared
  }

  /// Why a cart refuses.
  @Wire public enum Failure: Error, Equatable {
    /// Not within 1 to 999.
    case quantityOutOfRange(Int)
    /// Not 1 to 64 printable ASCII characters without a space.
    case skuInvalid
    /// A further article would be the 101st.
    case tooManyLines
    /// The line would hold more than 999.
    case tooManyOfOne(SKU, inCart: Int)
  }
}
