// The limits that every request meets before a route sees it.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import Testing

@testable import Gateway

/// These talk to a real socket: what is refused here never becomes a request that a router could test.
@Suite("Limits of a connection") struct RequestGuardTests {
  @Test("a body of 100 MB is answered after its head")
  func announced() async throws {
    let answer = try await exchange(
      "POST /carts/alice/lines HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n{\"sku\":")
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(answer.contains("application/problem+json"))
    #expect(answer.contains("The body is larger than 1048576 bytes."))
    #expect(answer.lowercased().contains("connection: close"))
  }

  @Test("a body that does not say how long it is, is cut off at the limit")
  func chunked() async throws {
    let chunk = String(repeating: "x", count: 65_536)
    let body = String(repeating: "10000\r\n\(chunk)\r\n", count: 24)
    let answer = try await exchange(
      "POST /carts/alice/lines HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" + body)
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(answer.contains("The body is larger than 1048576 bytes."))
  }

  @Test("a body at the limit is read")
  func atLimit() async throws {
    let text = "{\"sku\":\"" + String(repeating: "x", count: (1 << 20) - 10) + "\"}"
    let answer = try await exchange(
      "POST /carts/alice/lines HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n"
        + "content-length: \(text.utf8.count)\r\n\r\n" + text)
    #expect(answer.hasPrefix("HTTP/1.1 422 "))
    #expect(answer.contains("/sku"))
  }

  @Test("a client cannot set the mark of a refusal itself")
  func mark() async throws {
    let answer = try await exchange("GET /carts/alice HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntroupe-refused: body-too-large\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 200 "))
  }

  @Test(
    "what is not HTTP gets a problem and the end",
    arguments: ["\u{16}\u{3}\u{1}garbage\r\n\r\n", "GET\r\n\r\n", "BREW /pot HTTP/9.9\r\n\r\n"])
  func garbage(_ bytes: String) async throws {
    let answer = try await exchange(bytes)
    #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
    #expect(answer.contains("are not an HTTP/1.1 request."))
  }

  @Test("a head that is too large is refused before it ends")
  func head() async throws {
    let answer = try await exchange("GET / HTTP/1.1\r\nhost: x\r\ncookie: " + String(repeating: "x", count: 10_000) + "\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer.prefix(300))")
    let many = (0..<200).map { "x-\($0): 1\r\n" }.joined()
    #expect(try await exchange("GET / HTTP/1.1\r\nhost: x\r\n\(many)\r\n").hasPrefix("HTTP/1.1 431 "))
  }

  @Test("bytes in the address that are not UTF-8")
  func address() async throws {
    let rest = " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    let answer = try await exchange(bytes: Array("GET /carts/".utf8) + [0xff, 0xfe] + Array(rest.utf8))
    #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
  }

  @Test("a head that does not arrive, and a body that does not")
  func slow() async throws {
    let quick: @Sendable (inout GatewayConfiguration) -> Void = {
      $0.limits.headTime = .milliseconds(50)
      $0.limits.bodyTime = .milliseconds(50)
    }
    #expect(try await exchange("GET / HTT", quick).hasPrefix("HTTP/1.1 408 "))
    let body = "POST /carts/a/lines HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"
    #expect(try await exchange(body, quick).hasPrefix("HTTP/1.1 408 "))
  }

  @Test("requests in a row on one connection are answered in order, and a refusal ends it")
  func pipeline() async throws {
    let answer = try await exchange(
      "GET /carts/a HTTP/1.1\r\nhost: x\r\n\r\nGET /carts/b HTTP/1.1\r\nhost: x\r\n\r\n"
        + "POST /carts/c/lines HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\nGET /carts/d HTTP/1.1\r\nhost: x\r\n\r\n")
    let order = ["\"id\":\"a\"", "\"id\":\"b\"", "HTTP/1.1 413 "].compactMap { answer.firstRange(of: $0)?.lowerBound }
    #expect(order.count == 3 && order == order.sorted())
    #expect(!answer.contains("\"id\":\"d\""))
  }

  @Test("the live page streams its parts, and gives its place back")
  func live() async throws {
    let test = TestGateway { $0.limits.liveStreams = 1 }
    try await test.open(.live) { client in
      let port = try #require(client.port)
      let first = try await RawConnection.open(port)
      try await first.send(Array("GET /live HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
      let begin = try await first.read { $0.contains("event: parts") && $0.contains("\\u003c/svg>") }
      #expect(begin.contains("content-type: text/event-stream") || begin.contains("Content-Type: text/event-stream"))
      expectProblem(try await client.get("/live"), .overloaded, "1 live streams are open already.")
      try await first.close()
      while test.gateway.liveStreams > 0 { await test.gateway.pulse.look() }
    }
  }

  private func exchange(_ text: String, _ change: @Sendable (inout GatewayConfiguration) -> Void = { _ in }) async throws -> String {
    try await exchange(bytes: Array(text.utf8), change)
  }

  /// Sends the bytes and reads until the other side ends the connection.
  private func exchange(bytes: [UInt8], _ change: @Sendable (inout GatewayConfiguration) -> Void = { _ in }) async throws -> String {
    try await TestGateway {
      $0.limits.lingerTime = .milliseconds(50)
      change(&$0)
    }.open(.live) { client in
      let connection = try await RawConnection.open(try #require(client.port))
      try await connection.send(bytes)
      return try await connection.read { _ in false }
    }
  }
}
