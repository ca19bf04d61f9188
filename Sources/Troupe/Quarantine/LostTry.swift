// What a caller knows of the node that a try of its call was lost with. When that node is gone, the call may be what it died of, and the next
// owner of the entity is told so: see ADR 0025.

struct LostTry {
  private enum Fate {
    /// No try was lost.
    case none
    /// With a link to this incarnation, which may live.
    case with(Incarnation)
    case orphaned
  }

  private var fate: Fate

  static var none: LostTry { LostTry(fate: .none) }

  /// A try that went out with this pass has lost its link. Where nobody can say to whom, the worse is assumed: it costs a record.
  mutating func take(_ pass: CallPass, _ lanes: CallLanes, in view: View?) {
    if isOrphaned(in: view) { return }
    fate = lanes.incarnation(of: pass).map { .with($0) } ?? .orphaned
  }

  /// Whether the node is known to be gone; once so, always.
  mutating func isOrphaned(in view: View?) -> Bool {
    guard case .with(let incarnation) = fate else {
      if case .orphaned = fate { return true }
      return false
    }
    guard let view, !view.members.contains(where: { $0.incarnation == incarnation }) else { return false }
    fate = .orphaned
    return true
  }
}
