// What people send that cannot be right: each answer is a 4xx that says what is wrong and where.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Troupe

@testable import Gateway

@Suite("Bad input") struct BadInputTests {
  @Test("an id of 10 KB")
  func longID() async throws {
    try await TestGateway().open { client in
      expectProblem(
        try await client.get("/carts/" + String(repeating: "x", count: 10_240)), .idTooLong,
        "The id \"\(String(repeating: "x", count: 60))…\" is 10240 bytes long; at most 512 are allowed.")
    }
  }

  @Test("an address that is not UTF-8", arguments: ["/carts/%FF", "/carts/%C3", "/carts/%ED%A0%80", "/carts/%C0%AF"])
  func invalidAddress(_ path: String) async throws {
    try await TestGateway().open { client in
      expectProblem(
        try await client.get(path), .malformedAddress,
        "The path component \"\(path.dropFirst("/carts/".count))\" is not UTF-8 once decoded.")
    }
  }

  @Test("a percent sign without digits", arguments: ["/carts/100%", "/carts/%4", "/carts/%zz", "/carts/%+1"])
  func percent(_ path: String) async throws {
    try await TestGateway().open { expectProblem(try await $0.get(path), .malformedAddress) }
  }

  @Test("an id with a control character")
  func control() async throws {
    try await TestGateway().open { expectProblem(try await $0.get("/carts/a%00b"), .invalidID) }
  }

  @Test("a body that is not JSON, or not UTF-8, names the byte")
  func malformed() async throws {
    try await TestGateway().open { client in
      expectProblem(
        try await client.post("/carts/alice/lines", #"{"sku":"#), .malformedJSON,
        "The body is not JSON: byte 7: expected a value, found the end.")
      let bytes = ByteBuffer(bytes: Array(#"{"sku":""#.utf8) + [0xff] + Array(#""}"#.utf8))
      let response = try await client.execute(
        uri: "/carts/alice/lines", method: .post, headers: [.contentType: "application/json"], body: bytes)
      expectProblem(response, .malformedJSON, "The body is not JSON: byte 8: this is not valid UTF-8.")
    }
  }

  @Test("a body that says that it is something else", arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
  func mediaType(_ type: String) async throws {
    try await TestGateway().open { client in
      let response = try await client.post("/carts/alice/lines", #"{"sku":"mug"}"#, [.contentType: type])
      expectProblem(response, .unsupportedMediaType, "The body says that it is \"\(type)\"; send it as application/json.")
    }
  }

  @Test("JSON with a parameter or of a kind of its own", arguments: ["application/json; charset=utf-8", "application/cart+json"])
  func jsonTypes(_ type: String) async throws {
    try await TestGateway().open { client in
      let response = try await client.post("/carts/alice/lines", #"{"sku":"mug"}"#, [.contentType: type])
      #expect(response.status == .ok)
    }
  }

  @Test("no body at all")
  func noBody() async throws {
    try await TestGateway().open { client in
      let response = try await client.execute(uri: "/carts/alice/lines", method: .post)
      expectProblem(response, .invalidArguments, "Expected an object like {\"sku\": \"mug\", \"quantity\": 2}, found nothing.")
    }
  }

  @Test("an idempotency key that is none", arguments: ["", String(repeating: "k", count: 256)])
  func key(_ key: String) async throws {
    try await TestGateway().open { client in
      expectProblem(try await client.post("/carts/alice/lines", #"{"sku":"mug"}"#, [.idempotencyKey: key]), .invalidKey)
    }
  }

  @Test("nothing is there, or it takes another method")
  func addresses() async throws {
    try await TestGateway().open { client in
      expectProblem(try await client.get("/cart"), .unknownPath, "There is nothing at \"/cart\".")
      let response = try await client.execute(uri: "/carts/alice/lines", method: .get)
      expectProblem(response, .methodNotAllowed, "\"/carts/alice/lines\" takes POST, not \"GET\".")
      #expect(response.headers[.allow] == "POST")
    }
  }

  @Test("the client's trace id comes back, and a made-up one otherwise")
  func trace() async throws {
    try await TestGateway().open { client in
      let id = "4bf92f3577b34da6a3ce929d0e0e4736"
      #expect(try await client.get("/cart", [HTTPField.Name("traceparent")!: "00-\(id)-00f067aa0ba902b7-01"])["trace_id"] == .string(id))
      for wrong in ["", "00-zz-1-1", "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01"] {
        guard case .string(let made)? = try await client.get("/cart", [HTTPField.Name("traceparent")!: wrong])["trace_id"] else {
          Issue.record("no trace id")
          return
        }
        #expect(made.count == 32 && made != id)
      }
    }
  }

  @Test(
    "the cluster's errors keep their meaning",
    arguments: [
      (CallError(.overloaded, "the node is busy", mayRetry: true, retryAfter: .milliseconds(2_500)), .overloaded, "3"),
      (CallError(.unavailable, "no owner", mayRetry: true), .unavailable, "1"),
      (CallError(.deadlineExceeded, "too long", executed: .maybe, mayRetry: true), .deadlineExceeded, nil),
      (CallError(.unknownOutcome, "unknown", executed: .maybe, mayRetry: true), .unknownOutcome, nil),
      (CallError(.entityFault, "trapped", executed: .maybe), .entityFault, nil),
      (CallError(.keyReused, "another request has this key"), .reusedKey, nil),
      (CallError(.callCycle, "a waits for b waits for a"), .callCycle, nil),
    ] as [(CallError, ProblemKind, String?)])
  func callErrors(_ error: CallError, _ kind: ProblemKind, _ retryAfter: String?) async throws {
    let test = TestGateway()
    test.cluster.set(\.error, error)
    try await test.open { client in
      let response = try await client.get("/carts/alice")
      #expect(response.status == kind.status)
      #expect(response["type"] == .string("/problems/\(kind.rawValue)"))
      #expect(response.headers[.retryAfter] == retryAfter)
      #expect(response["executed"] == .string(error.executed.rawValue))
      #expect(response["may_retry"] == .bool(error.mayRetry))
    }
  }
}
