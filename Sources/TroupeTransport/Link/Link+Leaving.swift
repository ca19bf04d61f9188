// The end of a link that costs nobody a call: it takes no new ones, the next link waits until those that were sent have arrived, and it
// closes when all of them are answered.
import TroupeNet
import TroupeWire

extension Link {
  /// Whether new calls may go over it.
  @inline(__always)
  public var takesCalls: Bool { phase != .ended && !isRetired }

  /// We want the peer to call over another link: it is asked to, and has `TransportLimits.leaving` to take its calls elsewhere. A peer that
  /// does not know how goes on; the link then ends with its calls when the time is up.
  public func askToLeave(_ reason: CloseReason) {
    guard phase == .open, !isAskedToLeave else { return }
    isAskedToLeave = true
    if features.contains(.goAway) {
      ControlFrames.writeGoAway(to: &control)
      gathered()
    }
    leaveTimer = loop.schedule(after: TransportLimits.leaving) { self.close(reason) }
  }

  /// The peer was asked to leave, knows how, and is still here.
  public var isBeingLeft: Bool { isAskedToLeave && phase == .open && features.contains(.goAway) }

  /// Takes no new calls from now on; closes in peace when those under way are answered.
  func retire() {
    guard !isRetired, phase != .ended else { return }
    isRetired = true
  }

  /// Calls back when everything that was sent over this link has been delivered there, or when it has ended: what goes over another link
  /// from then on is behind it.
  func whenDelivered(_ tell: @escaping () -> Void) {
    guard phase == .open else { return tell() }
    deliveredTell = tell
    wantsFence = true
    gathered()
  }

  /// A PING among the calls, behind the last of them, and not before them as control frames go.
  func writeFence() {
    guard outgoing.isEmpty, !bulk.isWaiting else { return }
    wantsFence = false
    ControlFrames.writePing(Self.fence, to: &data)
  }

  func heardPong(_ number: UInt64) {
    if number == Self.fence { delivered() } else { roundTrip.answered(number, at: loop.freshNow()) }
  }

  func delivered() {
    let tell = deliveredTell
    deliveredTell = nil
    tell?()
  }

  /// What no other PING of a link carries.
  private static var fence: UInt64 { 1 << 63 }

  /// With each sign of life that is due: whether the link should go on.
  func lookAtAge() {
    guard isOutgoing else { return }
    if isRetired { return closeIfDone() }
    if isUsed || pending.count > 0 { usedAt = loop.now }
    isUsed = false
    if loop.now - usedAt >= policy.idleAfter {
      leave(CloseReason(code: "idle", detail: "nobody called for \(policy.idleAfter)"))
    } else if loop.now >= oldAt {
      retire()
    }
  }

  func closeIfDone() {
    if pending.count == 0 { leave(CloseReason(code: "replaced", detail: "another link has taken its place")) }
  }

  private func leave(_ reason: CloseReason) {
    hasLeft = true
    close(reason)
  }

  func planAge() {
    usedAt = loop.now
    since = loop.now
    let most = policy.maximumAge.wholeNanoseconds
    let early = Int64(loop.random() % UInt64(max(1, most / 10)))
    oldAt = loop.now + .nanoseconds(most - early)
  }
}
