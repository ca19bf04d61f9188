// What the others' beats showed to this node. Counters are the others'; the moments are this node's own, so no clock is compared
// with another machine's.

/// A beat as the store lists it.
public struct PeerBeat: Hashable, Sendable {
  public let name: IncarnationName
  public let counter: UInt64

  public init(_ name: IncarnationName, counter: UInt64) {
    self.name = name
    self.counter = counter
  }
}

/// When this node first saw the last count of each incarnation.
public struct PeerBeats: Sendable {
  struct Sighting: Sendable {
    var counter: UInt64
    /// When the answer came that showed this count for the first time. The lease behind the beat began before it.
    var firstSeen: Moment
    /// When the last read began that still showed an earlier count: the beat was written after it.
    var notBefore: Moment
    /// When the last read began that showed this count; nil before one did.
    var lastShown: Moment?
    /// How often the count was seen to move.
    var moves = 0
  }

  /// How old the first beat that is seen of somebody is taken to be: two beats. Within the rest of its lease the next one shows.
  static let doubt = Lease.defaultLength * 2 / 5

  private var sightings: [IncarnationName: Sighting] = [:]
  /// When the last read began that the store answered. Nothing is known of later.
  public private(set) var lastReadStarted = Moment.distantPast

  public init() {}

  /// The store answered a read of the beats that began at `start`.
  public mutating func saw(_ beats: [PeerBeat], readStarted start: Moment, now: Moment) {
    lastReadStarted = max(lastReadStarted, start)
    for beat in beats {
      guard let known = sightings[beat.name] else {
        sightings[beat.name] = Sighting(counter: beat.counter, firstSeen: now, notBefore: start - Self.doubt, lastShown: start)
        continue
      }
      if beat.counter == known.counter { sightings[beat.name]?.lastShown = max(known.lastShown ?? start, start) }
      guard beat.counter > known.counter else { continue }
      sightings[beat.name] = Sighting(
        counter: beat.counter, firstSeen: now, notBefore: known.lastShown ?? start - Self.doubt, lastShown: start, moves: known.moves + 1)
    }
  }

  /// Members are watched from when the view first listed them, though they may never have beaten; who is not in `names` is
  /// forgotten.
  public mutating func watch(_ names: Set<IncarnationName>, now: Moment) {
    sightings = sightings.filter { names.contains($0.key) }
    for name in names where sightings[name] == nil {
      sightings[name] = Sighting(counter: 0, firstSeen: now, notBefore: .distantPast)
    }
  }

  /// When the last count was first seen.
  public func firstSeen(_ name: IncarnationName) -> Moment? { sightings[name]?.firstSeen }

  /// How long the beat has stood still *as far as this node has read*: a reader that was asleep has not seen anything stand still.
  public func stillness(_ name: IncarnationName) -> Duration {
    guard let sighting = sightings[name] else { return .zero }
    return max(.zero, lastReadStarted - sighting.firstSeen)
  }

  /// Whether the store ever listed a beat of it.
  public func hasBeaten(_ name: IncarnationName) -> Bool { sightings[name].map { $0.counter > 0 } ?? false }

  /// How often the count was seen to rise since this node began to look.
  public func moves(_ name: IncarnationName) -> Int { sightings[name]?.moves ?? 0 }

  /// Until when frames of this incarnation may be accepted: a lease after the start of the last read that did *not* show its last beat.
  /// The beat was written later than that, and its heirs wait for longer. The read that did show it may have come long after the beat.
  public func believable(_ name: IncarnationName, lease: Duration) -> Moment {
    guard let sighting = sightings[name] else { return .distantPast }
    return sighting.notBefore + lease
  }
}
