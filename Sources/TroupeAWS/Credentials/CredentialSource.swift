// Where credentials come from, in the order in which AWS's own libraries look: the environment's keys, a web identity (IRSA), a
// container's endpoint (ECS, EKS Pod Identity). Files of profiles are not read: this runs in clusters, not on desks.

public enum CredentialSource: Sendable {
  case fixed(AWSCredentials)
  /// `AWS_WEB_IDENTITY_TOKEN_FILE`: the token is read anew each time, as the kubelet rotates it.
  case webIdentity(tokenFile: String, role: String, session: String, endpoint: String)
  /// `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `…_RELATIVE_URI`.
  case container(url: String, tokenFile: String?, token: String?)

  /// What the environment says; nil when it names none. Throws when it names one that must not be used.
  public static func from(_ environment: [String: String], region: String) throws(AWSError) -> CredentialSource? {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let key = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") {
      return .fixed(AWSCredentials(accessKey: key, secretKey: secret, sessionToken: value("AWS_SESSION_TOKEN")))
    }
    if let file = value("AWS_WEB_IDENTITY_TOKEN_FILE"), let role = value("AWS_ROLE_ARN") {
      return .webIdentity(
        tokenFile: file, role: role, session: value("AWS_ROLE_SESSION_NAME") ?? "troupe",
        endpoint: value("AWS_ENDPOINT_URL_STS") ?? "https://sts.\(region).\(AWSEndpoint.domain(of: region))")
    }
    if let path = value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      return try container("http://169.254.170.2" + path, environment)
    }
    return try value("AWS_CONTAINER_CREDENTIALS_FULL_URI").map { (url) throws(AWSError) in try container(url, environment) }
  }

  private static func container(_ url: String, _ environment: [String: String]) throws(AWSError) -> CredentialSource {
    guard isTrusted(url) else {
      throw .notSent(
        "credentials are fetched by https, or from this machine's own addresses, and AWS_CONTAINER_CREDENTIALS_FULL_URI is neither")
    }
    return .container(
      url: url, tokenFile: environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], token: environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
  }

  /// A token is sent there: in clear only to this machine and to the two addresses that AWS keeps for this.
  static func isTrusted(_ url: String) -> Bool {
    if url.hasPrefix("https://") { return true }
    guard let match = url.prefixMatch(of: #/http://(?<host>\[[^\]]*\]|[^/:]*)/#) else { return false }
    let host = String(match.host)
    return ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"].contains(host)
      || host.wholeMatch(of: #/127\.\d{1,3}\.\d{1,3}\.\d{1,3}/#) != nil
  }
}
