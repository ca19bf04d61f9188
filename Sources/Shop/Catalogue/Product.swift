// A product: what it is, what it costs where, and when it can be bought. One durable entity each; lists and searches read a projection.

import ShopMoney
import Troupe

/// A product of the catalogue, under an id that never changes, whatever its address or title become.
///
/// Every change names the version that it was made on, so of two who change it at once the second one hears of the first:
///
/// ```swift
/// let mug = cluster.entity(Product.self, "p-17")
/// var state = try await mug.describe(details, expecting: 0)
/// state = try await mug.price("mug-blue", in: "eu", Money(1_999, .eur), expecting: state.version)
/// state = try await mug.offer(SaleWindow(from: now), expecting: state.version)
/// ```
@Entity("product")
public actor Product: EventSourced {
  private let changes = Broadcast<State>()

  /// Creates it, or writes it anew.
  ///
  /// - Parameter version: the one that was looked at, 0 to create it; nil overwrites whatever is there.
  @Command public func describe(_ details: ProductDetails, expecting version: Int?) throws(Failure) -> State {
    change(try state.describing(details, expecting: version))
  }

  /// Sets what a variant costs in a market, from now on. What it has cost stays known for thirty days.
  @Command public func price(_ sku: SKU, in market: Market, _ amount: Money, expecting version: Int?) throws(Failure) -> State {
    change(try state.pricing(sku, in: market, amount, from: context.wallClock, expecting: version))
  }

  /// When it can be bought; another window takes the place of this one.
  @Command public func offer(_ window: SaleWindow, expecting version: Int?) throws(Failure) -> State {
    change(try state.offering(window, expecting: version))
  }

  /// Puts it away for good. Orders that name it keep what they wrote down.
  @Command public func archive(expecting version: Int?) throws(Failure) -> State {
    change(try state.archiving(expecting: version))
  }

  @Query public func whole() throws(Failure) -> State {
    guard state.version > 0 else { throw .unknown }
    return state
  }

  /// The product now and after each change; of changes in quick succession the last.
  @Query public func watch() -> AsyncStream<State> { changes.stream(beginningWith: state) }

  private func change(_ event: Event?) -> State {
    if let event {
      emit(event)
      changes.send(state)
    }
    return state
  }
}
