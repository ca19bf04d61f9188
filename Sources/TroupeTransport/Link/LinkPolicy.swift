// How long links live, what they bear, and what they offer.
import TroupeNet

/// Links end when nobody uses them, when they have become old and with their certificates, and when the peer is gone or of no use. The
/// first two cost no call: the next link takes over first. Each mechanism can be turned off, so that its worth can be seen.
public struct LinkPolicy: Hashable, Sendable {
  /// A link that carried no call or question for this long is closed. Default 10 minutes.
  public var idleAfter: Duration
  /// A link this old is replaced, up to a tenth earlier, so that those of one moment do not end in one moment. Default an hour: keys and
  /// certificates then are at most that old.
  public var maximumAge: Duration

  /// Which links make their frames smaller with LZ4. It costs a nanosecond for two bytes on each side, so it pays where bytes cost money
  /// or time: between zones. Default `.betweenZones`, where both sides say which they are in.
  public var compression: Compression

  public enum Compression: Hashable, Sendable {
    case off, betweenZones, always
  }

  /// How long a link whose certificate has run out is still kept: for its calls to end, and for a renewal that is late. From the first
  /// moment on it is made anew when somebody calls. Nil lets a link that is open outlive its certificates. Default 60 s.
  public var certificateGrace: Duration? = .seconds(60)

  /// Whether a peer is asked for a sign of life after a second of silence, and counts as gone after three. Without it a half-open link
  /// stays until somebody's system gives it up. Default true.
  public var keepsAlive = true

  /// How long a frame may take to arrive once it has begun: a peer that sends a byte a second is heard, and is no use. Nil waits for
  /// ever. Default 30 s; the largest frame then needs 560 KB a second.
  public var frameTime: Duration? = .seconds(30)

  /// Calls and questions of one link without an answer; past it callers are refused as `overloaded`. 1 to 65,536, which is the default
  /// and 64 times what saturates a core.
  public var callsInFlight = TransportLimits.pendingCalls

  /// What this side offers beyond the version; used where the peer offers it too. Default: all that it knows.
  public var features = LinkFeatures.known

  /// One sentence when something in here cannot be.
  public var refusal: String? {
    if !(1...TransportLimits.pendingCalls).contains(callsInFlight) {
      return "a link has 1 to \(TransportLimits.pendingCalls) calls in flight, not \(callsInFlight)"
    }
    for (what, time) in [("idleness", idleAfter), ("age", maximumAge), ("frame", frameTime), ("grace", certificateGrace)] {
      if let time, time < .zero || time > Self.longest { return "a link's \(what) is nothing to ten years, not \(time)" }
    }
    return nil
  }

  /// Ten years: as good as never, and far from overflow.
  public static let longest: Duration = .seconds(315_360_000)

  public init(
    idleAfter: Duration = .seconds(600), maximumAge: Duration = .seconds(3_600), compression: Compression = .betweenZones
  ) {
    self.compression = compression
    self.idleAfter = idleAfter
    self.maximumAge = maximumAge
  }
}
