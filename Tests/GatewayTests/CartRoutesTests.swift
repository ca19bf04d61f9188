// The cart's REST routes, from request to answer.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Gateway

@Suite("Carts over REST") struct CartRoutesTests {
  @Test("lines are added, read, removed and cleared")
  func life() async throws {
    try await TestGateway().open { client in
      #expect(try await client.get("/carts/alice").text == #"{"id":"alice","lines":[],"quantity":0}"#)
      #expect(try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":2}"#).status == .ok)
      let added = try await client.post("/carts/alice/lines", #"{"sku":"cup"}"#)
      #expect(added.text == #"{"id":"alice","lines":[{"sku":"cup","quantity":1},{"sku":"mug","quantity":2}],"quantity":3}"#)
      #expect(added.headers[.contentType] == "application/json")
      let removed = try await client.delete("/carts/alice/lines/mug")
      #expect(removed.text == #"{"id":"alice","lines":[{"sku":"cup","quantity":1}],"quantity":1}"#)
      #expect(try await client.delete("/carts/alice").text == #"{"id":"alice","lines":[],"quantity":0}"#)
    }
  }

  @Test("ids and SKUs are decoded, a slash included")
  func decoding() async throws {
    let test = TestGateway()
    try await test.open { client in
      try await client.post("/carts/a%2Fb%20%C3%A9/lines", #"{"sku":"x/y"}"#)
      #expect(try await client.delete("/carts/a%2Fb%20%C3%A9/lines/x%2Fy").status == .ok)
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.id) } == ["a/b é", "a/b é"])
  }

  @Test("the idempotency key travels with the command")
  func key() async throws {
    let test = TestGateway()
    try await test.open { client in
      _ = try await client.post("/carts/alice/lines", #"{"sku":"mug"}"#, [.idempotencyKey: "k-1"])
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.key) } == ["k-1"])
  }

  @Test(
    "a wrong body is answered with where it is wrong",
    arguments: [
      (#"{"sku":"mug","quantity":"two"}"#, "/quantity", "expected a whole number, found the text \"two\""),
      (#"{"sku":"mug","quantity":1.5}"#, "/quantity", "expected a whole number, found the number 1.5"),
      (#"{"sku":"mug","quantity":0}"#, "/quantity", "the quantity must be 1 to 999, it is 0"),
      (#"{"sku":"mug","quantity":1000000000000}"#, "/quantity", "the quantity must be 1 to 999, it is 1000000000000"),
      (#"{"sku":"mug","quantity":-1}"#, "/quantity", "the quantity must be 1 to 999, it is -1"),
      (#"{"quantity":1}"#, "/sku", "the SKU is missing"),
      (#"{"sku":7}"#, "/sku", "expected text, found the number 7"),
      (#"{"sku":""}"#, "/sku", "a SKU has 1 to 64 printable ASCII characters"),
      (#"{"sku":"mug","qty":1}"#, "/qty", "there is no such field; a line has sku and quantity"),
    ])
  func wrongBody(_ body: String, _ pointer: String, _ message: String) async throws {
    try await TestGateway().open { client in
      let response = try await client.post("/carts/alice/lines", body)
      expectProblem(response, .invalidArguments, "\(pointer): \(message).")
      #expect(response["errors"] == [["pointer": .string(pointer), "message": .string(message)]])
    }
  }

  @Test("all that is wrong is said at once")
  func everything() async throws {
    try await TestGateway().open { client in
      let response = try await client.post("/carts/alice/lines", #"{"sku":null,"quantity":"x"}"#)
      let both = "/sku: expected text, found null; /quantity: expected a whole number, found the text \"x\"."
      expectProblem(response, .invalidArguments, both)
    }
  }

  @Test("a full cart and a full line are conflicts")
  func limits() async throws {
    let test = TestGateway()
    var full: [String: Int] = ["mug": 990]
    for number in 1..<100 { full["sku-\(number)"] = 1 }
    test.cluster.state.withLock { [full] in $0.carts["alice", default: .init()].lines = full }
    try await test.open { client in
      expectProblem(
        try await client.post("/carts/alice/lines", #"{"sku":"new"}"#), .cartLimit,
        "The cart has 100 different articles already, which is the most that it holds.")
      expectProblem(
        try await client.post("/carts/alice/lines", #"{"sku":"mug","quantity":10}"#), .cartLimit,
        "The cart holds 990 of \"mug\" already; more than 999 are not possible.")
    }
  }
}
