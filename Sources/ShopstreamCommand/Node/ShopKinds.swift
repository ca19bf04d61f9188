// The kinds of entity that a node of the shop runs: one line each.

import ShopCarts
import Troupe

enum ShopKinds {
  static func register(in registry: inout Registry) {
    registry.register(Cart.self)
  }
}
