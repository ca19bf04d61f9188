// A cart's two pure functions: deciding and applying.

import Testing

@testable import ShopCarts

@Suite("Cart state") struct CartStateTests {
  @Test("adding the same article twice makes one line of the sum")
  func adding() throws {
    var state = Cart.State()
    state.apply(try state.adding("mug", quantity: 2))
    state.apply(try state.adding("mug", quantity: 3))
    state.apply(try state.adding("cup", quantity: 1))
    #expect(state.lines == ["mug": 5, "cup": 1])
  }

  @Test("removing and clearing take lines out, and what is not there may be removed")
  func removing() {
    var state = Cart.State()
    state.lines = ["mug": 5, "cup": 1]
    state.apply(.removed("mug"))
    state.apply(.removed("mug"))
    #expect(state.lines == ["cup": 1])
    state.apply(.cleared)
    #expect(state.lines.isEmpty)
  }

  @Test("a quantity outside 1 to 999 is refused with its value", arguments: [0, -1, 1000, 1_000_000_000_000, Int.min, Int.max])
  func quantity(_ quantity: Int) {
    #expect(throws: Cart.Failure.quantityOutOfRange(quantity)) { try Cart.State().adding("mug", quantity: quantity) }
  }

  @Test("a line stops at 999")
  func fullLine() throws {
    var state = Cart.State()
    state.lines["mug"] = 998
    #expect(try state.adding("mug", quantity: 1) == .added("mug", quantity: 1))
    #expect(throws: Cart.Failure.tooManyOfOne("mug", inCart: 998)) { try state.adding("mug", quantity: 2) }
  }

  @Test("the 101st article is refused, the 100 in the cart still grow")
  func fullCart() throws {
    var state = Cart.State()
    for number in 0..<CartLimits.lines { state.apply(try state.adding("sku-\(number)", quantity: 1)) }
    #expect(throws: Cart.Failure.tooManyLines) { try state.adding("one-more", quantity: 1) }
    #expect(try state.adding("sku-7", quantity: 1) == .added("sku-7", quantity: 1))
  }

  @Test("a SKU has 1 to 64 printable characters", arguments: ["", " ", "a b", "mug\n", "m\u{fc}g", String(repeating: "x", count: 65)])
  func invalidSKU(_ sku: String) {
    #expect(throws: Cart.Failure.skuInvalid) { try Cart.State().adding(sku, quantity: 1) }
  }

  @Test func longestSKU() throws {
    let sku = String(repeating: "x", count: 64)
    #expect(try Cart.State().adding(sku, quantity: 1) == .added(sku, quantity: 1))
  }
}
