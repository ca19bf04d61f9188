// What others may know of carts: a topic whose messages stay as they are when the cart's own events change.

import Troupe

/// Something that happened in a cart.
public struct CartChanged: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case added(SKU, quantity: Int)
    case removed(SKU)
    case cleared
  }

  public let cart: String
  public let change: Change
  /// When it was recorded.
  public let time: WallTime
}

extension Topic<CartChanged> {
  /// Every change of every cart, in order a cart.
  public static let carts = Topic("cart.events").from(Cart.self) { event, origin in
    let change: CartChanged.Change =
      switch event {
      case .added(let sku, let quantity): .added(sku, quantity: quantity)
      case .removed(let sku): .removed(sku)
      case .cleared: .cleared
      }
    return CartChanged(cart: origin.entity, change: change, time: origin.time)
  }
}
