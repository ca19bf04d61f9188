// A gateway in front of a made-up cluster, and what tests ask of its answers.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Testing
import TroupeJSON

@testable import Gateway

struct TestGateway {
  let cluster = MadeUpCluster()
  let work = MadeUpWork()
  let gateway: Gateway

  init(_ change: (inout GatewayConfiguration) -> Void = { _ in }) {
    var configuration = GatewayConfiguration()
    configuration.port = 0
    configuration.adminPort = 0
    configuration.opensEntities = true
    change(&configuration)
    gateway = Gateway(
      configuration, door: cluster, carts: cluster, work: work, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Runs `test` against the public routes, after one look at the cluster.
  func open<T>(_ setup: TestingSetup = .router, _ test: @Sendable (any TestClientProtocol) async throws -> T) async throws -> T {
    await gateway.pulse.look()
    return try await gateway.application().test(setup, test)
  }

  /// Runs `test` against the admin routes.
  func admin<T>(_ setup: TestingSetup = .router, _ test: @Sendable (any TestClientProtocol) async throws -> T) async throws -> T {
    try await #require(gateway.adminApplication()).test(setup, test)
  }
}

extension TestClientProtocol {
  @discardableResult func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
    try await execute(uri: path, method: .get, headers: headers)
  }
  @discardableResult func delete(_ path: String) async throws -> TestResponse { try await execute(uri: path, method: .delete) }
  @discardableResult func post(_ path: String, _ json: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
    var headers = headers
    if headers[.contentType] == nil { headers[.contentType] = "application/json" }
    return try await execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: json))
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
  var json: JSONValue { (try? JSONValue(parsing: Array(buffer: body))) ?? .null }
  subscript(_ name: String) -> JSONValue? { if case .object(let object) = json { object[name] } else { nil } }
  var detail: String { if case .string(let text)? = self["detail"] { text } else { "" } }
}

/// Every error must be a whole problem document with a sentence.
func expectProblem(
  _ response: TestResponse, _ kind: ProblemKind, _ detail: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(response.status == kind.status, sourceLocation: sourceLocation)
  #expect(response.headers[.contentType] == "application/problem+json", sourceLocation: sourceLocation)
  #expect(response["type"] == .string("/problems/\(kind.rawValue)"), sourceLocation: sourceLocation)
  #expect(response["title"] == .string(kind.title), sourceLocation: sourceLocation)
  #expect(response["status"] == .number(JSONNumber(kind.status.code)), sourceLocation: sourceLocation)
  #expect(response["trace_id"] != nil, sourceLocation: sourceLocation)
  #expect(response.detail.hasSuffix(".") && response.detail.contains(" "), "\(response.text)", sourceLocation: sourceLocation)
  if let detail { #expect(response.detail == detail, sourceLocation: sourceLocation) }
}
