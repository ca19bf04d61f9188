// What may happen to a stock: each decision is a pure function of what there is, the clock and what is asked. Nil is: it is so already.

import Troupe

extension Stock.State {
  // MARK: What lies there

  func adjusting(by difference: Int, _ reason: AdjustmentReason, _ actor: String) throws(Stock.Failure) -> Stock.Event? {
    guard difference.magnitude <= UInt(StockLimits.quantity) else { throw .quantityOutOfRange(difference) }
    guard difference != 0 else { return nil }
    guard available + difference >= 0 else { throw .insufficient(available: available) }
    return .adjusted(by: difference, reason, actor: actor)
  }

  // MARK: Holds

  /// Asked again with another quantity, it is adjusted by the difference, all or nothing.
  func holding(_ claim: ClaimID, _ quantity: Int, for time: Duration, now: WallTime) throws(Stock.Failure) -> Stock.Event? {
    try Self.check(claim, quantity)
    if allocations[claim] != nil { throw .isAllocated }
    // One whose time was up is tried anew, as when it is committed.
    if let ending = ending(of: claim), ending != .expired { throw .hasEnded(ending) }
    let own = holds[claim]
    if own?.quantity == quantity { return nil }
    guard quantity - (own?.quantity ?? 0) <= available else { throw .insufficient(available: available + (own?.quantity ?? 0)) }
    let until = try Self.end(of: own?.begun ?? now, time, now: now)
    return .held(claim, Stock.Hold(quantity: quantity, begun: own?.begun ?? now, until: max(until, own?.until ?? until)))
  }

  /// Its checkout goes on, for example to the payment.
  func extending(_ claim: ClaimID, for time: Duration, now: WallTime) throws(Stock.Failure) -> Stock.Event? {
    guard var hold = holds[claim] else { throw missing(claim) }
    let until = try Self.end(of: hold.begun, time, now: now)
    guard until > hold.until else { return nil }
    hold.until = until
    return .held(claim, hold)
  }

  /// It is sold. One whose time was up gets what is there now, or nothing.
  func committing(_ claim: ClaimID, _ quantity: Int) throws(Stock.Failure) -> Stock.Event? {
    try Self.check(claim, quantity)
    if allocations[claim] != nil { return nil }
    if let ending = ending(of: claim), ending != .expired { throw .hasEnded(ending) }
    guard quantity - (holds[claim]?.quantity ?? 0) <= available else {
      throw .insufficient(available: available + (holds[claim]?.quantity ?? 0))
    }
    return .allocated(claim, quantity: quantity)
  }

  func releasing(_ claim: ClaimID, now: WallTime) throws(Stock.Failure) -> Stock.Event? {
    if holds[claim] != nil { return .ended(claim, .released, at: now) }
    if allocations[claim] != nil { throw .isAllocated }
    // Released, expired, or never there: nobody holds anything under this name.
    return nil
  }

  /// All whose time is up.
  func expiring(now: WallTime) -> [Stock.Event] {
    holds.filter { $0.value.until <= now }.keys.sorted().map { .ended($0, .expired, at: now) }
  }

  var nextExpiry: WallTime? { holds.values.map(\.until).min() }

  // MARK: What is sold

  func cancelling(_ claim: ClaimID, now: WallTime) throws(Stock.Failure) -> Stock.Event? {
    if let allocation = allocations[claim] {
      // What has left cannot be taken back here: it comes back as a return.
      guard allocation.shipped == 0 else { throw .hasEnded(.shipped) }
      return .ended(claim, .cancelled, at: now)
    }
    if ending(of: claim) == .cancelled { return nil }
    throw missing(claim)
  }

  /// - Parameter total: pieces of it that have left, with those of now. Said twice it is done once.
  func shipping(_ claim: ClaimID, total: Int, now: WallTime) throws(Stock.Failure) -> Stock.Event? {
    try Self.check(claim, total)
    guard let allocation = allocations[claim] else {
      if ending(of: claim) == .shipped { return nil }
      throw missing(claim)
    }
    let quantity = total - allocation.shipped
    guard quantity <= allocation.open else { throw .moreThanIsOpen(allocation.open) }
    return quantity > 0 ? .shipped(claim, quantity: quantity, at: now) : nil
  }

  /// - Parameter claim: names this return, not the sale.
  func takingBack(_ claim: ClaimID, _ quantity: Int, isRestocked: Bool, now: WallTime) throws(Stock.Failure) -> Stock.Event? {
    try Self.check(claim, quantity)
    guard ending(of: claim) != .returned else { return nil }
    return .returned(claim, quantity: quantity, isRestocked: isRestocked, at: now)
  }

  // MARK: Rules

  private func missing(_ claim: ClaimID) -> Stock.Failure {
    if allocations[claim] != nil { return .isAllocated }
    return ending(of: claim).map { .hasEnded($0) } ?? .noSuchClaim
  }

  private static func check(_ claim: ClaimID, _ quantity: Int) throws(Stock.Failure) {
    guard (1...StockLimits.claimLength).contains(claim.utf8.count) else { throw .claimInvalid }
    guard (1...StockLimits.quantity).contains(quantity) else { throw .quantityOutOfRange(quantity) }
  }

  private static func end(of begun: WallTime, _ time: Duration, now: WallTime) throws(Stock.Failure) -> WallTime {
    guard time > .zero, time <= StockLimits.holds else { throw .durationOutOfRange(time) }
    return min(now + time, begun + StockLimits.holdsAltogether)
  }
}
