// Self-doubt: whoever was away itself cannot tell who else was. A node that slept, starved or lost the store sees everybody
// stand still, and must not bury them for it.

/// Whether this node's own beats have gone on long enough, without a gap, for others' silence to mean something.
public struct Steadiness: Hashable, Sendable {
  private let gap: Duration
  private let needed: Duration
  private var since = Moment.distantPast
  private var last = Moment.distantPast

  /// Two leases without a gap of one: then every other member had time to beat at least once since this node was last away.
  public init(lease: Duration) {
    gap = lease
    needed = lease * 2
  }

  /// The store took a beat.
  public mutating func beatTaken(at now: Moment) {
    if last == .distantPast || now - last > gap { since = now }
    last = now
  }

  public func isSteady(at now: Moment) -> Bool {
    last != .distantPast && now - last <= gap && now - since >= needed
  }
}
