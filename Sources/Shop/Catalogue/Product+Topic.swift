// What others may know of products: that one has changed, and to which version; who wants to know more asks it.

import Troupe

/// A product has changed.
public struct ProductChanged: Hashable, Sendable {
  public enum Change: String, Hashable, Sendable {
    case described, priced, offered, archived
  }

  public let product: String
  public let change: Change
  /// When it was recorded.
  public let time: WallTime
}

extension Topic<ProductChanged> {
  /// Every change of every product, in order a product.
  public static let products = Topic("product.events").from(Product.self) { event, origin in
    let change: ProductChanged.Change =
      switch event {
      case .described: .described
      case .priced: .priced
      case .offered: .offered
      case .archived: .archived
      }
    return ProductChanged(product: origin.entity, change: change, time: origin.time)
  }
}
