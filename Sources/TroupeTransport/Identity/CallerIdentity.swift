// In whose name one call is made, as the runtime hands it on: one reference, which is nil for most calls.
import TroupeNet

/// A name that somebody said, or one that a gateway has signed and that was checked here.
public final class CallerIdentity: Sendable {
  public let subject: String
  public let roles: [String]
  /// What goes along with the calls that are made in this name; nil for a name that was only said.
  public let signed: SignedIdentity?
  /// On this machine's clock, with what clocks may differ. For ever for what was not checked here.
  public let until: Instant
  /// Of the keys by which it was checked; nil when it was not.
  let keysVersion: Int?

  /// A name that nobody has signed.
  public init(unsigned subject: String) {
    self.subject = subject
    roles = []
    signed = nil
    until = .distantFuture
    keysVersion = nil
  }

  /// A signed one that nobody has checked here.
  public init(_ signed: SignedIdentity) {
    subject = signed.subject
    roles = signed.roles
    self.signed = signed
    until = .distantFuture
    keysVersion = nil
  }

  /// One that was checked.
  init(_ signed: SignedIdentity, until: Instant, keysVersion: Int) {
    subject = signed.subject
    roles = signed.roles
    self.signed = signed
    self.until = until
    self.keysVersion = keysVersion
  }
}

extension CallerIdentity: Hashable {
  public static func == (left: CallerIdentity, right: CallerIdentity) -> Bool {
    left === right || (left.subject == right.subject && left.signed == right.signed)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(subject) }
}
