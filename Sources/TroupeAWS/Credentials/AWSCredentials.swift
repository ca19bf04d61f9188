// Who a request is from. The secrets stand in no description.

public struct AWSCredentials: Hashable, Sendable {
  public let accessKey: String
  let secretKey: String
  let sessionToken: String?
  /// Seconds since 1970 at which they end; nil when they do not.
  public let expires: Int64?

  public init(accessKey: String, secretKey: String, sessionToken: String? = nil, expires: Int64? = nil) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
    self.expires = expires
  }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The key's id is no secret, but what it opens is nobody's business either: its last four characters tell two apart.
  public var description: String { "credentials …\(accessKey.suffix(4))" }
  public var debugDescription: String { description }
  /// `dump` shows nothing else either.
  public var customMirror: Mirror { Mirror(self, children: ["accessKey": "…\(accessKey.suffix(4))"]) }
}
