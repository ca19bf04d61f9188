// How long links live.
import TroupeNet

/// Links end when nobody uses them and when they have become old. Neither costs a call: the next link takes over first.
public struct LinkPolicy: Hashable, Sendable {
  /// A link that carried no call or question for this long is closed. Default 10 minutes.
  public var idleAfter: Duration
  /// A link this old is replaced, up to a tenth earlier, so that those of one moment do not end in one moment. Default an hour: keys and
  /// certificates then are at most that old.
  public var maximumAge: Duration

  public init(idleAfter: Duration = .seconds(600), maximumAge: Duration = .seconds(3_600)) {
    self.idleAfter = idleAfter
    self.maximumAge = maximumAge
  }
}
