// One link taking another's place while calls go on. The successor is open before anything changes; new calls then wait in it
// until those on the old link are answered, so that no call overtakes an earlier one; the old link ends when it is empty.
import TroupeNet

/// Replaces one link to a loop of a peer. Lives on its loop; ends by itself.
final class LinkRenewal {
  /// How long new calls may wait for the old link's. Past it they go: what is not answered by then runs long, and began long ago.
  static let holdLimit: Duration = .milliseconds(250)
  /// How long the old link may take to empty: longer than most deadlines; what is left then ends as a lost connection.
  static let drainLimit: Duration = .seconds(30)
  /// How often is looked whether the successor is open, or the old link empty.
  static let look: Duration = .milliseconds(2)

  private enum Phase {
    /// Calls go over the old link. Next: `holding`, or the end when the successor could not be opened.
    case dialling
    /// New calls wait in the successor. Next: `draining`.
    case holding(until: Instant)
    /// New calls go over the successor. Next: the end.
    case draining(until: Instant)
  }

  let old: Link
  let successor: Link
  private let why: String
  private let loop: any EventLoop
  private let install: (Link) -> Void
  private let ended: () -> Void
  private var phase = Phase.dialling

  /// - Parameters:
  ///   - successor: dialled already.
  ///   - install: lets calls go to the successor from now on.
  ///   - ended: once, when nothing is left to do.
  init(of old: Link, by successor: Link, because why: String, install: @escaping (Link) -> Void, ended: @escaping () -> Void) {
    self.old = old
    self.successor = successor
    self.why = why
    self.install = install
    self.ended = ended
    loop = old.loop
    planLook()
  }

  private func planLook() {
    loop.schedule(after: Self.look) { [self] in if takeLook() { planLook() } }
  }

  /// Whether another look is needed.
  private func takeLook() -> Bool {
    switch phase {
    case .dialling: return lookWhileDialling()
    case .holding(let limit):
      guard old.hasEnded || old.pendingCalls == 0 || loop.now >= limit else { return true }
      release()
      return lookWhileDraining()
    case .draining: return lookWhileDraining()
    }
  }

  private func lookWhileDialling() -> Bool {
    if old.hasEnded {
      // Whoever calls next dials for himself; nobody has called over the successor.
      successor.close(.renewed(why))
      return end()
    }
    if successor.hasEnded { return end() }  // the old link stays; the next look through all links tries again
    guard successor.isOpen else { return true }
    install(successor)
    if old.pendingCalls == 0 {
      phase = .draining(until: loop.now + Self.drainLimit)
      return lookWhileDraining()
    }
    successor.isHolding = true
    phase = .holding(until: loop.now + Self.holdLimit)
    return true
  }

  private func release() {
    phase = .draining(until: loop.now + Self.drainLimit)
    guard !successor.hasEnded else { return }
    successor.isHolding = false
    successor.flush()
  }

  private func lookWhileDraining() -> Bool {
    guard case .draining(let limit) = phase, old.hasEnded || old.pendingCalls == 0 || loop.now >= limit else { return true }
    old.close(.renewed(why))
    return end()
  }

  private func end() -> Bool {
    ended()
    return false
  }
}
