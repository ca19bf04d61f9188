// One article in one place. Looking whether there is enough and taking it is one turn of one actor, so nothing is ever sold twice, however
// many want it at once.

import Troupe

/// The stock of an article at a location, under the id `Stock.id(sku, location)`.
///
/// A checkout holds pieces for a while, then they are allocated to its order, and shipped. What is held and not heard of again comes back by
/// itself, also when the node that held it has died.
///
/// ```swift
/// let stock = cluster.entity(Stock.self, Stock.id("mug", "berlin"))
/// try await stock.hold("order-1/1", quantity: 2, for: .seconds(600))
/// try await stock.commit("order-1/1", quantity: 2)
/// ```
///
/// Every command is said in a way that saying it twice does it once.
@Entity("stock")
public actor Stock: EventSourced {
  /// The reminder's, as far as this process knows; nil after the entity was read back.
  private var sweepsAt: WallTime?

  public static func id(_ sku: String, _ location: String) -> String { "\(sku)@\(location)" }

  /// Adds pieces that came, or takes pieces away that are gone. Not below what others have claims on.
  @Command public func adjust(by difference: Int, because reason: AdjustmentReason, by actor: String) throws(Failure) -> StockLevel {
    try change(state.adjusting(by: difference, reason, actor))
  }

  /// Sets pieces aside for a checkout.
  ///
  /// - Parameters:
  ///   - claim: names the order's line. Held already, it gets this quantity instead, or keeps what it has.
  ///   - time: until it ends by itself, at most 15 minutes.
  @Command public func hold(_ claim: ClaimID, quantity: Int, for time: Duration) throws(Failure) -> StockLevel {
    // Nobody is refused for what should have come back a moment ago.
    expireDue()
    defer { planSweep() }
    return try change(state.holding(claim, quantity, for: time, now: context.wallClock))
  }

  /// Keeps a hold longer: its checkout goes on. Altogether at most 45 minutes.
  @Command public func extend(_ claim: ClaimID, for time: Duration) throws(Failure) -> StockLevel {
    try change(state.extending(claim, for: time, now: context.wallClock))
  }

  /// Its order stands. A hold whose time was up is tried anew; what is not there then is refused.
  @Command public func commit(_ claim: ClaimID, quantity: Int) throws(Failure) -> StockLevel {
    if state.holds[claim] == nil { expireDue() }
    return try change(state.committing(claim, quantity))
  }

  /// Gives a hold back.
  @Command public func release(_ claim: ClaimID) throws(Failure) -> StockLevel {
    try change(state.releasing(claim, now: context.wallClock))
  }

  /// Takes back what is sold and not shipped.
  @Command public func cancel(_ claim: ClaimID) throws(Failure) -> StockLevel {
    try change(state.cancelling(claim, now: context.wallClock))
  }

  /// Pieces leave the house.
  ///
  /// - Parameter total: of this claim, with those that left before.
  @Command public func ship(_ claim: ClaimID, total: Int) throws(Failure) -> StockLevel {
    try change(state.shipping(claim, total: total, now: context.wallClock))
  }

  /// Pieces come back.
  ///
  /// - Parameters:
  ///   - return: names the return, not the sale.
  ///   - restock: whether they can be sold again.
  @Command public func takeBack(_ return: ClaimID, quantity: Int, restock: Bool) throws(Failure) -> StockLevel {
    try change(state.takingBack(`return`, quantity, isRestocked: restock, now: context.wallClock))
  }

  @Query public func level() -> StockLevel { state.level }

  /// The reminder's: holds whose time is up end.
  @Command public func sweep() {
    sweepsAt = nil
    expireDue()
    planSweep()
  }

  private func change(_ event: Event?) -> StockLevel {
    if let event { emit(event) }
    return state.level
  }

  private func expireDue() {
    for event in state.expiring(now: context.wallClock) { emit(event) }
  }

  /// One reminder for all holds, at the first one's end. A hold that is extended or ends early leaves it as it is: it looks, and goes on.
  private func planSweep() {
    guard let next = state.nextExpiry else { return }
    if let sweepsAt, sweepsAt <= next { return }
    sweepsAt = next
    remind("sweep", at: next) { $0.sweep() }
  }
}
