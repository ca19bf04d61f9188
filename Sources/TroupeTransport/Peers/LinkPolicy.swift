// How long links may live. Values for a configuration; `LinkTerm` decides by them.
import TroupeNet

/// When links are made anew, and when they are cut.
public struct LinkPolicy: Hashable, Sendable {
  /// Age past which whoever dialled a link makes it anew, without losing a call. A tenth is taken off at random, so that links do not
  /// all go together. Default nil: only certificates end links. An hour bounds what a stolen session key is worth, at the cost of a
  /// handshake an hour.
  public var maximumAge: Duration?

  /// How long a link whose certificate has run out is still kept, while whoever dialled it tries to make it anew; then it is cut.
  /// Default 60 s: longer forgives a late renewal, and keeps peers whose certificate nobody renewed.
  public var expiryGrace: Duration

  /// How often links are looked at: so long a denied peer may go on after the deny-list has been read. Default 2 s.
  public var pause: Duration

  public init(maximumAge: Duration? = nil, expiryGrace: Duration = .seconds(60), pause: Duration = .seconds(2)) {
    self.maximumAge = maximumAge
    self.expiryGrace = expiryGrace
    self.pause = pause
  }

  /// What cannot be, in a sentence.
  public var refusal: String? {
    if let maximumAge, maximumAge < .milliseconds(100) { return "a link lives for at least 100 ms" }
    if expiryGrace < .zero { return "the grace of an expired certificate cannot be negative" }
    if pause < .milliseconds(10) { return "links are looked at every 10 ms at the most" }
    return nil
  }
}
