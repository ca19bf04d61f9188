// Why a connection ended: a stable code for metrics and tests, and a sentence for the log. Never holds bytes of the peer
// or secrets.

/// Why a connection ended. Two reasons are equal when code and detail are.
public struct CloseReason: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable, lower case, words joined by hyphens: `"end-of-file"`. The name under which it is counted.
  public let code: String

  /// What exactly happened; one line, safe to log.
  public let detail: String

  public init(code: String, detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { detail.isEmpty ? code : "\(code): \(detail)" }

  /// We ended it, in peace.
  public static let local = CloseReason(code: "local", detail: "closed by us")
  /// The peer ended it, in peace.
  public static let endOfFile = CloseReason(code: "end-of-file", detail: "closed by the peer")
  /// The peer's system ended it (RST): a crash, or a peer that did not want our bytes.
  public static let reset = CloseReason(code: "reset", detail: "reset by the peer")
  /// The handler left more unconsumed input than a connection may hold.
  public static let inputLimit = CloseReason(
    code: "input-limit", detail: "more than \(ConnectionLimits.input) bytes of input were left unconsumed")
  /// The peer takes bytes too slowly for what we send.
  public static let outputLimit = CloseReason(
    code: "output-limit", detail: "more than \(ConnectionLimits.output) bytes of output were waiting")
  /// The loop was stopped.
  public static let loopStopped = CloseReason(code: "loop-stopped", detail: "the event loop was stopped")

  /// Nobody could be reached.
  public static func unreachable(_ detail: String) -> CloseReason { CloseReason(code: "unreachable", detail: detail) }
  /// The TLS handshake failed: no, a bad or an unknown certificate, an older protocol, or bytes that are not TLS at all.
  public static func handshake(_ detail: String) -> CloseReason { CloseReason(code: "handshake", detail: detail) }
  /// The certificate is valid, but names somebody who must not connect here.
  public static func refusedIdentity(_ detail: String) -> CloseReason { CloseReason(code: "refused-identity", detail: detail) }
  /// The deny-list names the peer or its certificate: refused, or cut while it was open.
  public static func denied(_ detail: String) -> CloseReason { CloseReason(code: "denied", detail: detail) }
  /// A certificate of the two ran out, and nobody made the link anew in time.
  public static func certificateExpired(_ detail: String) -> CloseReason { CloseReason(code: "certificate-expired", detail: detail) }
  /// A TLS record could not be read, or the peer sent an alert.
  public static func security(_ detail: String) -> CloseReason { CloseReason(code: "security", detail: detail) }
  /// The peer sent what the protocol above does not allow.
  public static func protocolViolation(_ detail: String) -> CloseReason { CloseReason(code: "protocol-violation", detail: detail) }
  /// Something did not happen in time.
  public static func timeout(_ detail: String) -> CloseReason { CloseReason(code: "timeout", detail: detail) }
  /// The system reported another error.
  public static func system(_ detail: String) -> CloseReason { CloseReason(code: "system", detail: detail) }
}
