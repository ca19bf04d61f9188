// The shopping cart over REST: the first entity with an address of its own.

import HTTPTypes
import Hummingbird
import ShopCarts
import Troupe
import TroupeJSON

struct CartRoutes {
  let carts: any CartDoor
  let callers: CallerNames
  let limits: GatewayLimits

  func add(to routes: inout Routes) {
    routes.get("/carts/{id}") { request, context in
      let id = try context.entityID(limits)
      return .json(Self.json(id, try await carts.contents(of: id, try options(request, context))))
    }
    routes.post("/carts/{id}/lines") { request, context in
      let id = try context.entityID(limits)
      let line = try NewLine(try await request.json(limits))
      return .json(Self.json(id, try await carts.add(line.sku, quantity: line.quantity, to: id, try options(request, context))))
    }
    routes.delete("/carts/{id}/lines/{sku}") { request, context in
      let id = try context.entityID(limits)
      return .json(Self.json(id, try await carts.remove(try context.component("sku"), from: id, try options(request, context))))
    }
    routes.delete("/carts/{id}") { request, context in
      let id = try context.entityID(limits)
      return .json(Self.json(id, try await carts.clear(id, try options(request, context))))
    }
  }

  private func options(_ request: Request, _ context: GatewayContext) throws -> CallOptions {
    try callers.options(for: request).traced(by: context.trace)
  }

  private static func json(_ id: String, _ state: Cart.State) -> JSONValue {
    let lines = state.lines.sorted { $0.key < $1.key }
    return [
      "id": .string(id),
      "lines": .array(lines.map { ["sku": .string($0.key), "quantity": .number(JSONNumber($0.value))] }),
      "quantity": .number(JSONNumber(lines.reduce(0) { $0 + $1.value })),
    ]
  }
}

/// The body of `POST /carts/{id}/lines`. All that is wrong with it is said at once.
struct NewLine {
  let sku: SKU
  let quantity: Int

  init(_ json: JSONValue?) throws(Problem) {
    guard case .object(let object)? = json else {
      let found = json == nil ? "nothing" : "something else"
      throw Problem(.invalidArguments, "Expected an object like {\"sku\": \"mug\", \"quantity\": 2}, found \(found).")
    }
    var wrong: [Problem.Entry] = []
    func refuse(_ pointer: String, _ message: String) { wrong.append(.init(pointer: pointer, message: message)) }

    var sku: SKU?
    var quantity: Int? = 1
    switch object["sku"] {
    case .string(let text)?: sku = text
    case nil: refuse("/sku", "the SKU is missing")
    case let other?: refuse("/sku", "expected text, found \(other.inWords)")
    }
    switch object["quantity"] {
    case nil: break
    case .number(let number)? where number.whole(as: Int.self) != nil: quantity = number.whole()
    case let other?: refuse("/quantity", "expected a whole number, found \(other.inWords)")
    }
    for member in object.members where member.name != "sku" && member.name != "quantity" {
      refuse(JSONProblem.pointer(to: member.name), "there is no such field; a line has sku and quantity")
    }
    guard wrong.isEmpty, let sku, let quantity else {
      throw Problem(.invalidArguments, wrong.map { "\($0.pointer): \($0.message)" }.joined(separator: "; ") + ".", errors: wrong)
    }
    self.sku = sku
    self.quantity = quantity
  }
}
