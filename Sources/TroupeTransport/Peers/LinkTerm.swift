// Whether a link's certificates still hold: when they run out goes in, what to do comes out. Pure. Age and idleness are the link's own.
import TroupeNet

struct LinkTerm: Hashable {
  enum Verdict: Hashable {
    case keep
    /// Another link is to take its place: by then both sides should have new certificates.
    case renew
    case cut(CloseReason)
  }

  /// How long a link whose certificate has run out is still kept: for its calls to end, and for a renewal that is late.
  static let grace: Duration = .seconds(60)

  /// When the first of the two certificates runs out; `nil` where there are none.
  let validUntil: WallTime?

  /// Certificates count by the calendar.
  func verdict(wall: WallTime) -> Verdict {
    guard let validUntil, wall > validUntil else { return .keep }
    let over = Duration.milliseconds(wall.milliseconds - validUntil.milliseconds)
    return over > Self.grace ? .cut(.certificateExpired("a certificate of the two ran out more than \(Self.grace) ago")) : .renew
  }
}
