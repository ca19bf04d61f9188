// How long the heirs of a buried member wait. Its lease began at its last beat at the latest, and once it is buried the store takes
// no beat of it: so its last count, read after the burial, tells when the lease is over.

struct BurialWaits: Sendable {
  private struct Wait: Sendable {
    let seenAt: Moment
    let epoch: Epoch
    /// When the last count of all was first seen, once that is known.
    var lastBeatSeen: Moment?
  }

  private var waits: [IncarnationName: Wait] = [:]

  /// A view was adopted. Answers whether it tells of new burials.
  mutating func adopted(_ view: View, now: Moment) -> Bool {
    let listed = Set(view.burials)
    waits = waits.filter { listed.contains($0.key) }
    let new = view.burials.filter { waits[$0] == nil }
    for name in new { waits[name] = Wait(seenAt: now, epoch: view.epoch) }
    return !new.isEmpty
  }

  /// The beats were read at `epoch`. A count that is read at the burial's epoch or later is the last one.
  mutating func beatsRead(at epoch: Epoch, _ beats: [PeerBeat], firstSeen: (IncarnationName) -> Moment?) {
    for beat in beats {
      guard let wait = waits[beat.name], wait.lastBeatSeen == nil, epoch >= wait.epoch else { continue }
      waits[beat.name]!.lastBeatSeen = firstSeen(beat.name)
    }
  }

  /// When the lease is over for certain. Without its last count, counted from when the burial itself was seen.
  func end(of name: IncarnationName, wait: Duration) -> Moment {
    guard let known = waits[name] else { return .distantFuture }
    if Sabotage.leaseWait.isOn { return known.seenAt }
    return min(known.lastBeatSeen ?? .distantFuture, known.seenAt) + wait
  }

  /// When the next of them is over.
  func nextEnd(after now: Moment, wait: Duration) -> Moment {
    waits.keys.map { end(of: $0, wait: wait) }.filter { $0 > now }.min() ?? .distantFuture
  }

  func past(at now: Moment, wait: Duration) -> Set<IncarnationName> {
    Set(waits.keys.filter { end(of: $0, wait: wait) <= now })
  }
}
