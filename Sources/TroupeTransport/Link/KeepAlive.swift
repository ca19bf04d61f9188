// Whether a peer is still there, decided from when it was last heard. Pure.
import TroupeNet

struct KeepAlive {
  enum Verdict: Hashable {
    case fine
    /// Ask for a sign of life.
    case ping(UInt64)
    /// Silent for too long.
    case dead
  }

  private(set) var lastHeard: Instant
  private var lastTick: Instant
  private var pings: UInt64 = 0

  init(now: Instant) {
    lastHeard = now
    lastTick = now
  }

  @inline(__always)
  mutating func heard(now: Instant) { lastHeard = now }

  /// Called once every `TransportLimits.keepAliveTick`.
  mutating func tick(now: Instant) -> Verdict {
    defer { lastTick = now }
    // We were away ourselves (stopped, starved): what the peer sent may lie unread, so its silence says nothing.
    if now - lastTick > TransportLimits.keepAliveTick * 2 {
      lastHeard = max(lastHeard, now - TransportLimits.pingAfter)
    }
    let silence = now - lastHeard
    if silence >= TransportLimits.silence { return .dead }
    if silence < TransportLimits.pingAfter { return .fine }
    pings += 1
    return .ping(pings)
  }
}
