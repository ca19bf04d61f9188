// The credentials in use: fetched once for everybody who waits, and anew before they end.
import Foundation

actor CredentialCache {
  /// Before they end, seconds: AWS hands out the next ones this early.
  static let refreshBefore: Int64 = 300
  /// Between attempts while the current ones still hold, seconds.
  private static let retryAfter: Int64 = 15
  /// What one fetch may take.
  private static let fetchLimit: Duration = .seconds(5)

  private let source: CredentialSource
  private let http: HTTPExchange
  private let now: @Sendable () -> Int64
  private var current: AWSCredentials?
  private var fetching: Task<Result<AWSCredentials, AWSError>, Never>?
  private var notBefore: Int64 = 0

  init(_ source: CredentialSource, http: HTTPExchange, now: @escaping @Sendable () -> Int64 = { SystemTime.unixSeconds }) {
    self.source = source
    self.http = http
    self.now = now
    if case .fixed(let credentials) = source { current = credentials }
  }

  func credentials() async throws(AWSError) -> AWSCredentials {
    let time = now()
    if let current {
      guard let expires = current.expires else { return current }
      if expires - Self.refreshBefore > time || (notBefore > time && expires > time) { return current }
    }
    let task = fetching ?? Task { [source, http] in await Self.fetch(source, http) }
    fetching = task
    let result = await task.value
    if fetching == task { fetching = nil }
    switch result {
    case .success(let fetched):
      current = fetched
      return fetched
    case .failure(let error):
      notBefore = now() + Self.retryAfter
      // What still holds is better than nothing.
      if let current, let expires = current.expires, expires > now() { return current }
      throw error
    }
  }

  private static func fetch(_ source: CredentialSource, _ http: HTTPExchange) async -> Result<AWSCredentials, AWSError> {
    do throws(AWSError) {
      switch source {
      case .fixed(let credentials): return .success(credentials)
      case .container(let url, let tokenFile, let token):
        var headers: [(name: String, value: String)] = []
        if let token = try tokenFile.map(read) ?? token { headers.append((name: "Authorization", value: token)) }
        let answer = try await http.send("GET", url, headers: headers, body: [], until: .after(fetchLimit))
        return try read(answer, of: "the container's credentials", AWSCredentials.containerAnswer)
      case .webIdentity(let tokenFile, let role, let session, let endpoint):
        let fields = [
          ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role), ("RoleSessionName", session),
          ("WebIdentityToken", try read(tokenFile)),
        ]
        let form = fields.map { "\($0)=\(SignableRequest.encoded($1))" }.joined(separator: "&")
        let answer = try await http.send(
          "POST", endpoint + "/", headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")], body: Array(form.utf8),
          until: .after(fetchLimit))
        return try read(answer, of: "STS's credentials", AWSCredentials.webIdentityAnswer)
      }
    } catch {
      return .failure(error)
    }
  }

  private static func read(_ file: String) throws(AWSError) -> String {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { throw .notSent("the token file \(file) cannot be read") }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The answer's body is never quoted: it may hold secrets.
  private static func read(
    _ answer: HTTPExchange.Answer, of what: String, _ parse: ([UInt8]) -> AWSCredentials?
  ) throws(AWSError) -> Result<AWSCredentials, AWSError> {
    guard answer.status == 200 else { throw .notSent("\(what) were refused with status \(answer.status)") }
    guard let credentials = parse(answer.body) else { throw .notSent("\(what) cannot be read") }
    return .success(credentials)
  }
}
