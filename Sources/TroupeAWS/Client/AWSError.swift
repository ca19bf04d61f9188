// Why a call to AWS did not do what it was asked, and whether it may have been done all the same.
public import TroupeJSON

public enum AWSError: Error, Hashable, Sendable {
  /// The service answered with an error. `code` is the last part of its `__type`.
  case refused(code: String, message: String, status: Int, details: JSONObject)
  /// It was never sent: no connection, no credentials. Nothing was done.
  case notSent(String)
  /// Sent, perhaps, and not answered in time or to the end. The outcome is unknown.
  case noAnswer(String)
  /// An answer that cannot be read, or is larger than allowed. The outcome is unknown.
  case unreadable(String)

  /// Whether it may have taken effect, or may still.
  public var outcomeIsUnknown: Bool {
    switch self {
    case .refused(_, _, let status, _): status >= 500
    case .notSent: false
    case .noAnswer, .unreadable: true
    }
  }

  /// Refused because of how much is asked, not what: a later attempt may do.
  public var isThrottling: Bool {
    guard case .refused(let code, _, let status, _) = self else { return false }
    return Self.throttles.contains(code) || status == 429
  }

  private static let throttles: Set<String> = [
    "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "ThrottledException", "RequestLimitExceeded",
    "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "SlowDown", "BandwidthLimitExceeded",
  ]
}

extension AWSError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let code, let message, let status, _): "\(code) (\(status))\(message.isEmpty ? "" : ": \(message)")"
    case .notSent(let why), .noAnswer(let why), .unreadable(let why): why
    }
  }
}

extension AWSError {
  /// From an answer of the JSON protocols: `{"__type": "com.amazonaws.…#Code", "message": …}`.
  init(status: Int, body: [UInt8], typeHeader: String?) {
    var details = JSONObject()
    if case .object(let object)? = try? JSONValue(parsing: body, limits: JSONLimits(bytes: AWSClient.answerLimit)) { details = object }
    var type = typeHeader ?? ""
    if case .string(let text)? = details["__type"] { type = text }
    var message = ""
    for name in ["message", "Message"] { if case .string(let text)? = details[name] { message = text } }
    var code = type.split(separator: "#").last.map(String.init) ?? ""
    if let colon = code.firstIndex(of: ":") { code = String(code[..<colon]) }
    self = .refused(code: code.isEmpty ? "HTTP\(status)" : code, message: String(message.prefix(500)), status: status, details: details)
  }
}
