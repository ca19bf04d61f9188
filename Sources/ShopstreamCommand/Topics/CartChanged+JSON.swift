// A change of a cart as the document that a webhook posts.

import ShopCarts
import Troupe
import TroupeJSON

extension CartChanged {
  var json: JSONValue {
    var object: JSONObject = ["cart": .string(cart), "time": .string(LogLine.text(time.milliseconds))]
    switch change {
    case .added(let sku, let quantity):
      object.append("change", "added")
      object.append("sku", .string(sku))
      object.append("quantity", .number(JSONNumber(Int64(quantity))))
    case .removed(let sku):
      object.append("change", "removed")
      object.append("sku", .string(sku))
    case .cleared: object.append("change", "cleared")
    }
    return .object(object)
  }
}
