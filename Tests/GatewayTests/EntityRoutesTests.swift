// The generic door for any kind, and who may not come in through it.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Troupe
import TroupeJSON

@testable import Gateway

@Suite("The JSON door") struct EntityRoutesTests {
  @Test("a command travels as wire bytes and its answer comes back as JSON")
  func call() async throws {
    let test = TestGateway()
    var state = Writer()
    state.body { $0.write(["mug": 2]) }
    test.cluster.set(\.reply, .value(state.bytes))
    try await test.admin { client in
      let response = try await client.post("/entities/cart/alice/add", #"{"quantity":2,"sku":"mug"}"#, [.idempotencyKey: "k"])
      #expect(response.status == .ok)
      #expect(response.text == #"{"lines":{"mug":2}}"#)
    }
    let call = MadeUpCluster.Call(method: "cart.add", id: "alice", arguments: "mug".wireBytes + Int64(2).wireBytes, key: "k")
    #expect(test.cluster.state.withLock { $0.calls } == [call])
  }

  @Test("a method without arguments needs no body, one without a result answers 204")
  func bare() async throws {
    let test = TestGateway()
    try await test.admin { client in
      let response = try await client.execute(uri: "/entities/cart/alice/clear", method: .post)
      #expect(response.status == .noContent)
      #expect(response.body.readableBytes == 0)
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.method) } == ["cart.clear"])
  }

  @Test("the entity's own error is answered as it is")
  func failure() async throws {
    let test = TestGateway()
    var failure = Writer()
    failure.body {
      $0.varint(0)
      $0.write(Int64(0))
    }
    test.cluster.set(\.reply, .failure(failure.bytes))
    try await test.admin { client in
      let response = try await client.post("/entities/cart/alice/add", #"{"sku":"mug","quantity":0}"#)
      expectProblem(response, .refusedByEntity, "The cart refused \"add\": \"quantityOutOfRange\" (0).")
      #expect(response["failure"] == ["quantityOutOfRange": ["_0": 0]])
    }
  }

  @Test("unknown names are not found, and the sentence says what there is")
  func unknown() async throws {
    try await TestGateway().admin { client in
      expectProblem(
        try await client.post("/entities/card/alice/add", "{}"), .unknownKind,
        "There is no entity kind \"card\". This cluster serves \"cart\".")
      expectProblem(
        try await client.post("/entities/cart/alice/burn", "{}"), .unknownMethod,
        "The kind \"cart\" has no method \"burn\". It has add, clear, contents.")
    }
  }

  @Test("names that are guessed do not ask the cluster each time")
  func guesses() async throws {
    let test = TestGateway()
    try await test.admin { client in
      for number in 0..<20 { try await client.post("/entities/kind\(number)/x/y", "{}") }
    }
    // Once a second at the most, and twenty guesses take a moment.
    #expect(test.cluster.state.withLock { $0.contractReads } < 10)
  }

  @Test("arguments that do not fit")
  func arguments() async throws {
    try await TestGateway().admin { client in
      let response = try await client.post("/entities/cart/alice/add", #"{"sku":"mug","quantity":"two"}"#)
      expectProblem(response, .invalidArguments, "/quantity: expected a whole number, found the text \"two\".")
      #expect(response["errors"] == [["pointer": "/quantity", "message": "expected a whole number, found the text \"two\""]])
    }
  }

  @Test("contracts are listed with their types and defaults")
  func contracts() async throws {
    try await TestGateway().admin { client in
      guard case .array(let kinds)? = try await client.get("/entities")["kinds"], case .object(let cart)? = kinds.first else {
        Issue.record("no kinds")
        return
      }
      #expect(cart["kind"] == "cart")
      guard case .array(let methods)? = cart["methods"], case .object(let add) = methods[0] else {
        Issue.record("no methods")
        return
      }
      #expect(
        add["parameters"] == [
          ["name": "sku", "type": "String", "required": true],
          ["name": "quantity", "type": "Int64", "required": false, "default": 1],
        ])
    }
  }

  @Test("entities are listed a page at a time")
  func listing() async throws {
    let test = TestGateway()
    test.cluster.state.withLock { for name in ["a", "b/c", "d", "e"] { $0.carts[name] = .init() } }
    try await test.admin { client in
      #expect(try await client.get("/entities/cart?limit=2").text == #"{"kind":"cart","ids":["a","b/c"],"next":"b/c"}"#)
      #expect(try await client.get("/entities/cart?after=b%2Fc&limit=3").text == #"{"kind":"cart","ids":["d","e"],"next":null}"#)
      for wrong in ["0", "1001", "x", "-1"] {
        expectProblem(try await client.get("/entities/cart?limit=\(wrong)"), .invalidArguments)
      }
    }
  }

  @Test("an entity is deleted by its id")
  func deletion() async throws {
    let test = TestGateway()
    let response = try await test.admin { try await $0.delete("/entities/cart/a%2Fb") }
    #expect(response.status == .noContent)
    #expect(test.cluster.state.withLock { $0.deleted } == ["cart/a/b"])
  }

  @Test("the door is shut unless the configuration opens it")
  func shut() async throws {
    try await TestGateway { $0.opensEntities = false }.admin { client in
      expectProblem(try await client.get("/entities"), .unknownPath)
      #expect(try await client.get("/health/live").status == .ok)
    }
    #expect(TestGateway({ $0.adminPort = nil }).gateway.adminApplication() == nil)
  }

  @Test("pages of other sites are refused")
  func origins() async throws {
    try await TestGateway().admin(.live) { client in
      expectProblem(try await client.get("/entities", [HTTPField.Name("origin")!: "http://evil.example"]), .foreignOrigin)
      // A name of another site that was made to resolve to our address.
      let rebound = try await RawConnection.open(try #require(client.port))
      let request = "GET /entities HTTP/1.1\r\nhost: evil.example\r\nsec-fetch-mode: cors\r\nconnection: close\r\n\r\n"
      try await rebound.send(Array(request.utf8))
      #expect(try await rebound.read { _ in false }.hasPrefix("HTTP/1.1 403 "))
      #expect(try await client.get("/entities").status == .ok)
    }
  }
}
