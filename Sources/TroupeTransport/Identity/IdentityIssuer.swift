// Signs identities, at a gateway. Nothing but the process that has made sure of a user should hold one.
import Synchronization
import TroupeNet

/// Makes tokens for users whom its owner has made sure of. Free to share between threads.
///
/// ```swift
/// let issuer = try IdentityIssuer(keyFile: "identity/key.pem", cluster: "shop")
/// let alice = try issuer.identity(of: "alice", roles: ["customer"], now: now)
/// ```
/// The same user gets the same token again while half of its life is left: nodes check a token once, so each new one costs them a check.
public final class IdentityIssuer: Sendable {
  /// Users whose token is kept for their next call; past it those kept longest are signed anew.
  static let kept = 8_192

  private struct User: Hashable {
    let subject: String
    let roles: [String]
  }

  private struct State {
    var key: SigningKey
    var newer: [User: SignedIdentity] = [:]
    var older: [User: SignedIdentity] = [:]
  }

  public let cluster: String
  public let life: Duration
  private let keyFile: String?
  private let state: Mutex<State>

  /// - Parameters:
  ///   - cluster: whose nodes shall take the tokens, and nobody else.
  ///   - life: of a token, at most five minutes.
  public init(key: SigningKey, cluster: String, life: Duration = IdentityLimits.life) {
    precondition(life >= .milliseconds(1) && life <= IdentityLimits.longestLife, "a token cannot live for \(life)")
    self.cluster = cluster
    self.life = life
    keyFile = nil
    state = Mutex(State(key: key))
  }

  public init(keyFile path: String, cluster: String) throws(NetError) {
    self.cluster = cluster
    life = IdentityLimits.life
    keyFile = path
    state = Mutex(State(key: try SigningKey(file: path)))
  }

  /// The key that nodes have to know.
  public var publicKey: VerifyingKey { state.withLock { $0.key.publicKey } }

  /// Reads the key again; tokens from now on are signed with what the file holds. Nodes must know its public half by then.
  ///
  /// - Throws: when it cannot be used; the old one stays in use.
  public func reload() throws(NetError) {
    guard let keyFile else { return }
    let key = try SigningKey(file: keyFile)
    state.withLock { $0 = $0.key.publicKey == key.publicKey ? $0 : State(key: key) }
  }

  /// A token for a user.
  ///
  /// - Throws: `.malformed` when name or roles do not fit in a token.
  public func identity(of subject: String, roles: [String] = [], now: WallTime) throws(IdentityRefusal) -> SignedIdentity {
    let user = User(subject: subject, roles: roles)
    let (known, key) = state.withLock { ($0.newer[user] ?? $0.older[user], $0.key) }
    let half = Int64(life / .milliseconds(1)) / 2
    // A clock that jumped back makes a token of the future; nobody would take it.
    if let known, known.issued <= now, known.expires.milliseconds - now.milliseconds > half { return known }
    let issued = UInt64(max(0, now.milliseconds))
    let parts = IdentityToken.Parts(
      subject: subject, audience: cluster, issued: issued, expires: issued + UInt64(life / .milliseconds(1)), roles: roles)
    let identity = try SignedIdentity(token: try IdentityToken.write(parts, signedBy: key))
    state.withLock { state in
      guard state.key === key else { return }
      if state.newer.count >= Self.kept {
        state.older = state.newer
        state.newer = [:]
      }
      state.newer[user] = identity
    }
    return identity
  }
}
