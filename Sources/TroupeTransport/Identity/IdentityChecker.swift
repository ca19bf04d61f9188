// Checks tokens for one loop, each of them once. Lives on its loop.
import TroupeNet
import TroupeWire

/// Knows whom a token names, or why it names nobody.
///
/// A signature costs some hundred microseconds, so what was checked is remembered by its bytes, and a token that comes over many links
/// is checked once. What is refused is not remembered: it costs whoever sends it a call each.
public final class IdentityChecker {
  public let keys: IdentityKeys
  private let audience: String
  /// Of the keys by which the remembered ones were checked.
  private var version: Int
  private var newer: [SignedIdentity: CallerIdentity] = [:]
  private var older: [SignedIdentity: CallerIdentity] = [:]
  private let remembered: Int
  /// Signatures looked at, for whoever counts.
  public private(set) var signatureChecks = 0

  public init(_ keys: IdentityKeys, audience: String) {
    self.keys = keys
    self.audience = audience
    remembered = IdentityLimits.remembered
    version = keys.version
  }

  /// The keys may have changed: what was checked by the old ones counts for nothing.
  public func keysChanged() {
    guard version != keys.version else { return }
    version = keys.version
    newer = [:]
    older = [:]
  }

  /// Whether it was checked by the keys that are in force, and has not run out.
  @inline(__always)
  public func vouches(for identity: CallerIdentity, now: Instant) -> Bool { identity.keysVersion == version && now < identity.until }

  /// The identity itself when it is known to be good, or what a check finds.
  public func check(_ identity: CallerIdentity, on loop: any EventLoop) -> Result<CallerIdentity, IdentityRefusal> {
    if vouches(for: identity, now: loop.now) { return .success(identity) }
    guard let signed = identity.signed else { return .failure(.unsigned) }
    return check(signed, on: loop)
  }

  /// The same for a token that has just arrived.
  func check(token: RawSpan, on loop: any EventLoop) -> Result<CallerIdentity, IdentityRefusal> {
    guard token.byteCount <= IdentityLimits.token else { return .failure(.malformed("it has more than \(IdentityLimits.token) bytes")) }
    do throws(IdentityRefusal) {
      return check(try SignedIdentity(token: token.withUnsafeBytes { [UInt8]($0) }), on: loop)
    } catch {
      return .failure(error)
    }
  }

  private func check(_ signed: SignedIdentity, on loop: any EventLoop) -> Result<CallerIdentity, IdentityRefusal> {
    if let known = newer[signed] ?? takeOlder(signed) {
      return vouches(for: known, now: loop.now) ? .success(known) : .failure(.expired)
    }
    // What costs little comes first: a forged token costs a check of its signature only when all else is right.
    guard signed.audience == audience else { return .failure(.audience(signed.audience)) }
    let (wall, skew) = (loop.wallClock().milliseconds, Int64(IdentityLimits.skew / .milliseconds(1)))
    guard signed.issued.milliseconds - skew <= wall else { return .failure(.notYetValid) }
    let left = signed.expires.milliseconds.addingReportingOverflow(skew).partialValue - wall
    guard left > 0 else { return .failure(.expired) }
    guard let key = keys.key(signed.issuer) else { return .failure(.unknownKey(signed.issuer)) }
    signatureChecks += 1
    guard signed.isSigned(by: key) else { return .failure(.badSignature) }
    let identity = CallerIdentity(signed, until: loop.now + .milliseconds(left), keysVersion: version)
    remember(identity, signed)
    return .success(identity)
  }

  private func takeOlder(_ signed: SignedIdentity) -> CallerIdentity? {
    guard let known = older[signed] else { return nil }
    remember(known, signed)
    return known
  }

  private func remember(_ identity: CallerIdentity, _ signed: SignedIdentity) {
    if newer.count >= remembered {
      older = newer
      newer = [:]
    }
    newer[signed] = identity
  }
}
