// Whether a link has had its time: its age and its certificates go in, what to do comes out. Pure.
import TroupeNet

struct LinkTerm: Hashable {
  enum Verdict: Hashable {
    case keep
    /// Make it anew, if it is ours to make; the sentence is for the log.
    case renew(String)
    case cut(CloseReason)
  }

  /// A random part of the maximum age, up to a tenth, is taken off.
  static let spread = 10

  private let renewAt: Instant
  private let validUntil: WallTime?

  /// - Parameters:
  ///   - validUntil: when the first of the two certificates runs out.
  ///   - random: any number.
  init(from now: Instant, validUntil: WallTime?, policy: LinkPolicy, random: UInt64) {
    self.validUntil = validUntil
    guard let age = policy.maximumAge else {
      renewAt = .distantFuture
      return
    }
    renewAt = now + (age - (age / Self.spread) * (Double(random >> 11) / Double(1 << 53)))
  }

  /// Certificates count by the calendar, age by the clock that never jumps.
  func verdict(now: Instant, wall: WallTime, policy: LinkPolicy) -> Verdict {
    if let validUntil, wall > validUntil {
      let over = Duration.milliseconds(wall.milliseconds - validUntil.milliseconds)
      return over > policy.expiryGrace
        ? .cut(.certificateExpired("its certificate ran out more than \(policy.expiryGrace) ago")) : .renew("its certificate has run out")
    }
    return now >= renewAt ? .renew("it has reached its maximum age") : .keep
  }
}
