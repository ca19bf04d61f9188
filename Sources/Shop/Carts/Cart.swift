// The shopping cart: what somebody means to buy, before anybody promises him anything. No prices and no stock: those are
// asked for when he looks and held when he checks out. One durable entity a cart, under an id that the shop chose.

import Troupe

/// A shopping cart.
///
/// Every command is one turn: it either records one event and answers the new state, or throws and changes nothing. Commands
/// that change nothing (removing what is not there, clearing an empty cart) record nothing, so that a retry is harmless.
///
/// ```swift
/// let cart = cluster.entity(Cart.self, "alice")
/// try await cart.add("mug", quantity: 2)
/// let lines = try await cart.contents().lines  // ["mug": 2]
/// ```
@Entity("cart")
public actor Cart: EventSourced {
  private let changes = Broadcast<State>()

  /// Adds to the line of `sku`, and makes the line when there is none.
  ///
  /// - Parameters:
  ///   - sku: 1 to 64 printable ASCII characters. Whether the article exists is not asked here.
  ///   - quantity: how many more, 1 to 999; a line never holds more than 999.
  @Command public func add(_ sku: SKU, quantity: Int = 1) throws(Failure) -> State {
    record(try state.adding(sku, quantity: quantity))
    return state
  }

  /// Takes the whole line of `sku` out.
  @Command public func remove(_ sku: SKU) -> State {
    if state.lines[sku] != nil { record(.removed(sku)) }
    return state
  }

  /// Takes everything out.
  @Command public func clear() -> State {
    if !state.lines.isEmpty { record(.cleared) }
    return state
  }

  /// What is in the cart.
  @Query public func contents() -> State { state }

  /// What is in the cart, now and after each change; of changes in quick succession the last.
  @Query public func watch() -> AsyncStream<State> { changes.stream(beginningWith: state) }

  /// What this cart and another one hold together, before anything is moved: for a guest who signs in and has a cart already. Neither
  /// changes. Lines end at 999, and articles that would be too many are left out, the last ones by name first.
  @Query public func together(with other: String) async throws -> State {
    state.together(with: try await context.entity(Cart.self, other).contents())
  }

  private func record(_ event: Event) {
    emit(event)
    changes.send(state)
  }
}

/// An article's stock keeping unit, for example `mug-blue-l`. Upper and lower case differ.
public typealias SKU = String

/// What a cart holds at most. A shopper never meets these; whoever fills carts by program does.
public enum CartLimits {
  /// Different articles.
  public static let lines = 100
  /// Pieces of one article.
  public static let quantity = 999
  /// Characters of a SKU.
  public static let skuLength = 64
}
