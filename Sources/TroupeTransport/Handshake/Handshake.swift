// How two sides come to know each other, as a machine without I/O: the caller greets, the answerer checks and greets back, the
// caller checks. Nothing but HELLO and GOODBYE is believed before that.
import TroupeNet

/// One side of a handshake. Feed it what happened; do what it answers.
struct Handshake {
  enum State: Hashable {
    /// We call; our HELLO goes out when the connection opens. Next: `greeted`.
    case calling
    /// We answer; their HELLO comes first. Next: `done` or `refused`.
    case answering
    /// Our HELLO is out. Next: `done` or `refused`.
    case greeted
    case done
    case refused
  }

  enum Action: Hashable {
    case nothing
    /// Send our HELLO and wait for theirs.
    case greet
    /// The link is open; `greeting` says whether our HELLO is still to be sent before anything else.
    case open(HelloInfo, greeting: Bool)
    /// Say goodbye and close.
    case refuse(Goodbye)
  }

  /// Whom we meant to reach: names may be left open when an address is all that is known.
  struct Expectation: Hashable, Sendable {
    var role: PeerRole?
    var name: String?
    var loopIndex: UInt16?
  }

  let local: HelloInfo
  let expecting: Expectation
  /// Whether a peer without a certificate may be believed: only where the loop has no security at all.
  let needsCertificate: Bool
  private(set) var state: State
  private var certificate: PeerIdentity?

  init(local: HelloInfo, calls: Bool, expecting: Expectation = Expectation(), needsCertificate: Bool) {
    self.local = local
    self.expecting = expecting
    self.needsCertificate = needsCertificate
    state = calls ? .calling : .answering
  }

  /// The connection is open, and its peer's certificate says this.
  mutating func opened(certificate: PeerIdentity?) -> Action {
    self.certificate = certificate
    if needsCertificate && certificate == nil {
      return refuse(.wrongIdentity, "the peer showed no certificate")
    }
    guard state == .calling else { return .nothing }
    state = .greeted
    return .greet
  }

  /// The peer's HELLO has come.
  mutating func received(_ hello: HelloInfo) -> Action {
    guard state == .greeted || state == .answering else {
      return refuse(.protocolViolation, "the peer said hello twice")
    }
    if let goodbye = objection(to: hello) {
      state = .refused
      return .refuse(goodbye)
    }
    let greeting = state == .answering
    state = .done
    return .open(hello, greeting: greeting)
  }

  private mutating func refuse(_ code: Goodbye.Code, _ text: String) -> Action {
    state = .refused
    return .refuse(Goodbye(code: code, text: text))
  }

  private func objection(to hello: HelloInfo) -> Goodbye? {
    if !hello.versions.overlaps(local.versions) {
      return Goodbye(
        code: .version, text: "versions \(Self.text(hello.versions)) meet versions \(Self.text(local.versions)): none in common")
    }
    if hello.cluster != local.cluster {
      return Goodbye(code: .wrongCluster, text: "this is the cluster \(local.cluster), not \(Self.quoted(hello.cluster))")
    }
    guard let claimed = hello.identity else {
      return Goodbye(code: .wrongIdentity, text: "a \(hello.role.word) cannot have this name")
    }
    if let certificate, certificate != claimed {
      return Goodbye(code: .wrongIdentity, text: "the certificate says \(certificate), the hello \(claimed)")
    }
    if let role = expecting.role, role != hello.role {
      return Goodbye(code: .wrongIdentity, text: "a \(role.word) was expected, not \(claimed)")
    }
    if let name = expecting.name, name != hello.name {
      return Goodbye(code: .wrongIdentity, text: "\(name) was expected, not \(claimed.name)")
    }
    if let index = expecting.loopIndex, index != hello.loopIndex {
      return Goodbye(code: .wrongIdentity, text: "loop \(index) of \(claimed.name) was expected, not loop \(hello.loopIndex)")
    }
    return nil
  }

  /// A stranger's text, fit for a log line.
  private static func quoted(_ text: String) -> String { String(text.prefix(64)).debugDescription }

  private static func text(_ versions: ClosedRange<UInt16>) -> String {
    versions.count == 1 ? "\(versions.lowerBound)" : "\(versions.lowerBound)-\(versions.upperBound)"
  }
}
