// Where credentials come from, when they are fetched anew, and that they are shown to nobody.
import Foundation
import Synchronization
import Testing

@testable import TroupeAWS

@Suite struct CredentialTests {
  private static let secret = "canary-secret"

  private static func container(_ key: String, expires: String) -> String {
    #"{"AccessKeyId":"\#(key)","SecretAccessKey":"\#(secret)","Token":"\#(secret)","Expiration":"\#(expires)"}"#
  }

  @Test func noSecretIsDescribed() {
    let credentials = AWSCredentials(accessKey: "AKIDEXAMPLE", secretKey: Self.secret, sessionToken: Self.secret)
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), dumped, "\(CredentialSource.fixed(credentials))"] {
      #expect(!text.contains(Self.secret), "\(text)")
    }
  }

  @Test func theEnvironmentSaysInWhichOrder() throws {
    let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s"]
    let identity = ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"]
    let container = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"]
    func found(_ environment: [String: String]) throws -> String {
      switch try CredentialSource.from(environment, region: "eu-central-1") {
      case .fixed: "keys"
      case .webIdentity(_, _, _, let endpoint): endpoint
      case .container(let url, _, _): url
      case nil: "none"
      }
    }
    let all = keys.merging(identity) { $1 }.merging(container) { $1 }
    #expect(try found(all) == "keys")
    #expect(try found(identity.merging(container) { $1 }) == "https://sts.eu-central-1.amazonaws.com")
    #expect(try found(container) == "http://169.254.170.23/v1/credentials")
    #expect(try found(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"]) == "http://169.254.170.2/v2/x")
    #expect(try found([:]) == "none")
  }

  @Test(arguments: [
    "http://example.com/x", "http://169.254.170.2.example.com/", "http://127.0.0.1.example.com/", "ftp://127.0.0.1/", "http://10.0.0.1/",
  ])
  func aTokenGoesToNobodyElse(_ url: String) { #expect(!CredentialSource.isTrusted(url)) }

  @Test(arguments: ["https://example.com/x", "http://127.0.0.1:80/x", "http://[::1]:80/x", "http://[fd00:ec2::23]/v1"])
  func trusts(_ url: String) { #expect(CredentialSource.isTrusted(url)) }

  @Test func aContainersAreFetchedOnceForAllAndAnewBeforeTheyEnd() async throws {
    let file = NSTemporaryDirectory() + "token-\(SystemTime.random())"
    try "first\n".write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let server = try await StubServer { _, count in
      .init(body: Self.container("key-\(count)", expires: count == 1 ? "1970-01-01T01:00:00Z" : "1970-01-01T02:00:00Z"))
    }
    let http = HTTPExchange()
    let time = Mutex<Int64>(0)
    let cache = CredentialCache(
      .container(url: server.url + "/v1", tokenFile: file, token: nil), http: http, now: { @Sendable in time.withLock { $0 } })
    let keys = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try await cache.credentials().accessKey } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(keys == ["key-1"])
    #expect(server.requests.map(\.authorization) == ["first"])
    time.withLock { $0 = 3_600 - CredentialCache.refreshBefore }
    try "second\n".write(toFile: file, atomically: true, encoding: .utf8)
    let next = try await cache.credentials().accessKey
    #expect(next == "key-2")
    #expect(server.requests.last?.authorization == "second", "the token is read anew")
    await http.close()
  }

  @Test func whatStillHoldsIsUsedWhenNoNewOnesCome() async throws {
    let server = try await StubServer { _, count in
      count == 1 ? .init(body: Self.container("old", expires: "1970-01-01T01:00:00Z")) : .init(status: .forbidden, body: Self.secret)
    }
    let http = HTTPExchange()
    let time = Mutex<Int64>(0)
    let cache = CredentialCache(
      .container(url: server.url, tokenFile: nil, token: "t"), http: http, now: { @Sendable in time.withLock { $0 } })
    _ = try await cache.credentials()
    time.withLock { $0 = 3_500 }
    let still = try await cache.credentials().accessKey
    #expect(still == "old")
    time.withLock { $0 = 3_601 }
    let error = await #expect(throws: AWSError.self) { try await cache.credentials() }
    #expect(error?.outcomeIsUnknown == false && error?.description.contains(Self.secret) == false)
    await http.close()
  }

  @Test func aWebIdentityIsExchangedAtSTS() async throws {
    let file = NSTemporaryDirectory() + "token-\(SystemTime.random())"
    try "jwt+x".write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let server = try await StubServer { _, _ in
      .init(
        body: """
          <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
          <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
          <Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
          </AssumeRoleWithWebIdentityResponse>
          """)
    }
    let http = HTTPExchange()
    let cache = CredentialCache(
      .webIdentity(tokenFile: file, role: "arn:aws:iam::1:role/x", session: "troupe", endpoint: server.url), http: http)
    let found = try await cache.credentials()
    #expect(found == AWSCredentials(accessKey: "ASIA", secretKey: "s", sessionToken: "t", expires: 1_893_456_000))
    #expect(
      server.requests[0].body.contains("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"))
    #expect(server.requests[0].body.hasSuffix("WebIdentityToken=jwt%2Bx"))
    await http.close()
  }
}
