// Whether a link's certificates still hold: when they run out goes in, what to do comes out. Pure. Age and idleness are the link's own.
import TroupeNet

struct LinkTerm: Hashable {
  enum Verdict: Hashable {
    case keep
    /// Another link is to take its place: by then both sides should have new certificates.
    case renew
    case cut(CloseReason)
  }

  /// When the first of the two certificates runs out; `nil` where there are none.
  let validUntil: WallTime?

  /// Certificates count by the calendar.
  ///
  /// - Parameter grace: how long it is kept after that; nil keeps it for ever.
  func verdict(wall: WallTime, grace: Duration?) -> Verdict {
    guard let validUntil, let grace, wall > validUntil else { return .keep }
    let over = Duration.milliseconds(wall.milliseconds - validUntil.milliseconds)
    return over > grace ? .cut(.certificateExpired("a certificate of the two ran out more than \(grace) ago")) : .renew
  }
}
