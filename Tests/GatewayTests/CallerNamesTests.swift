// In whose name requests call: nobody's unless the gateway is for development, and then signed.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Troupe

@testable import Gateway

@Suite("Callers' names") struct CallerNamesTests {
  private static let key = SigningKey.generate()

  private func gateway(isDevelopment: Bool = true, hasKey: Bool = true) -> TestGateway {
    TestGateway {
      $0.isDevelopment = isDevelopment
      $0.identities = hasKey ? IdentityIssuer(key: Self.key, cluster: "dev") : nil
    }
  }

  private func add(_ client: any TestClientProtocol, as user: String?) async throws -> TestResponse {
    var headers: HTTPFields = [:]
    headers[.developmentUser] = user
    return try await client.post("/carts/alice/lines", #"{"sku":"mug"}"#, headers)
  }

  @Test("a gateway for development signs whom the header names")
  func development() async throws {
    let test = gateway()
    try await test.open { client in
      for user in ["alice", "bob staff  admin ", nil] {
        let answer = try await add(client, as: user)
        #expect(answer.status == .ok)
      }
    }
    try await test.admin { client in
      _ = try await client.post("/entities/cart/alice/clear", "{}", [.developmentUser: "carol"])
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.caller) } == [["alice"], ["bob", "staff", "admin"], nil, ["carol"]])
  }

  @Test("any other gateway refuses the header, and calls nobody")
  func production() async throws {
    let test = gateway(isDevelopment: false)
    try await test.open { client in
      let answer = try await add(client, as: "alice")
      expectProblem(
        answer, .identityRefused,
        "This gateway takes nobody's word for who he is: X-Shopstream-As counts in development only.")
    }
    #expect(test.cluster.state.withLock { $0.calls.isEmpty })
  }

  @Test("without a key, and without a name that fits, nobody is named")
  func impossible() async throws {
    try await gateway(hasKey: false).open { expectProblem(try await add($0, as: "alice"), .identityRefused) }
    try await gateway().open { client in
      for bad in [String(repeating: "a", count: 256), "a" + String(repeating: " r", count: 17), "a " + String(repeating: "r", count: 64)] {
        expectProblem(try await add(client, as: bad), .identityRefused)
      }
    }
  }

  @Test("what the cluster says of identities has names of its own")
  func answers() async throws {
    for (code, kind) in [(CallError.Code.identityExpired, ProblemKind.identityExpired), (.identityRefused, .identityRefused)] {
      let test = gateway()
      test.cluster.set(\.error, CallError(code, "the caller's identity is no good"))
      try await test.open { expectProblem(try await add($0, as: "alice"), kind, "the caller's identity is no good.") }
    }
  }
}
