// The kinds of entity that a node of the shop runs: one line each.

import ShopCarts
import Troupe

enum ShopKinds {
  static func register(in registry: inout Registry) {
    registry.register(Cart.self)
  }

  /// Of everything that a node of the shop stores, the runtime's own kinds among it.
  static var contracts: [EntityContract] {
    var registry = Registry()
    register(in: &registry)
    return registry.contracts + EntityContract.builtIn
  }
}
