// A client of the gateway that behaves as one should: it retries what may be retried, always under the same key.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

struct Shopper: Sendable {
  let gateway: String
  private let http: HTTPClient

  /// For one request to the gateway; longer than a call may take inside.
  static let timeout: TimeAmount = .seconds(15)

  init(_ gateway: String, http: HTTPClient = .shared) {
    self.gateway = gateway
    self.http = http
  }

  struct Answer: Sendable {
    var status: Int
    var type: String
    var body: Data
    /// Under which the gateway's log, and whoever traces, know of it.
    var trace: String?

    var problem: Problem? { try? JSONDecoder().decode(Problem.self, from: body) }
    var cart: CartBody? { try? JSONDecoder().decode(CartBody.self, from: body) }
  }

  struct Problem: Decodable, Sendable {
    var type: String
    var title: String
    var status: Int
    var detail: String
    /// Of a call into the cluster that failed: `no`, `maybe` or `yes`.
    var executed: String?
  }

  struct CartBody: Decodable, Hashable, Sendable {
    struct Line: Decodable, Hashable, Sendable {
      var sku: String
      var quantity: Int
    }

    var lines: [Line]
  }

  func send(_ method: HTTPMethod, _ path: String, _ body: HTTPClientRequest.Body? = nil, headers: [(String, String)] = []) async throws
    -> Answer
  {
    var request = HTTPClientRequest(url: gateway + path)
    request.method = method
    request.body = body
    if body != nil, !headers.contains(where: { $0.0 == "Content-Type" }) {
      request.headers.add(name: "Content-Type", value: "application/json")
    }
    headers.forEach { request.headers.add(name: $0.0, value: $0.1) }
    let response = try await http.execute(request, timeout: Self.timeout)
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code), type: response.headers.first(name: "Content-Type") ?? "", body: Data(bytes.readableBytesView),
      trace: response.headers.first(name: "trace-id"))
  }

  /// How a command ended, as far as the client knows.
  enum Outcome: Hashable, Sendable {
    case acknowledged
    /// Nobody said yes within the limit: it may have happened.
    case unknown(String)
  }

  /// Adds to a cart until it is acknowledged, each try under the same key.
  func add(_ sku: String, quantity: Int = 1, to cart: String, key: String, within limit: Duration = .seconds(60)) async -> Outcome {
    let start = ContinuousClock.now
    var last = ""
    repeat {
      do {
        let answer = try await addOnce(sku, quantity: quantity, to: cart, key: key)
        if answer.status == 200 { return .acknowledged }
        last = "\(answer.status) \(answer.problem?.detail ?? "")"
        // What a retry cannot change is not tried again.
        guard answer.status >= 500 else { return .unknown(last) }
      } catch {
        last = "\(error)"
      }
      try? await Task.sleep(for: .milliseconds(25))
    } while .now - start < limit
    return .unknown(last)
  }

  func addOnce(_ sku: String, quantity: Int = 1, to cart: String, key: String) async throws -> Answer {
    try await send(
      .POST, "/carts/\(cart)/lines", .bytes(ByteBuffer(string: "{\"sku\":\"\(sku)\",\"quantity\":\(quantity)}")),
      headers: [("Idempotency-Key", key)])
  }

  /// What is in a cart, asked for until somebody answers.
  func contents(of cart: String, within limit: Duration = .seconds(30)) async throws -> [String: Int] {
    let start = ContinuousClock.now
    while true {
      if let body = try? await send(.GET, "/carts/\(cart)").cart {
        return Dictionary(body.lines.map { ($0.sku, $0.quantity) }, uniquingKeysWith: +)
      }
      guard .now - start < limit else { throw NoAnswer(cart: cart) }
      try? await Task.sleep(for: .milliseconds(25))
    }
  }

  struct NoAnswer: Error {
    var cart: String
  }
}

/// Runs `body` for each number with at most `width` at a time.
func concurrently<T: Sendable>(_ numbers: Range<Int>, width: Int, _ body: @escaping @Sendable (Int) async throws -> T) async rethrows -> [T]
{
  try await withThrowingTaskGroup(of: (Int, T).self) { group in
    var results: [Int: T] = [:]
    var next = numbers.lowerBound
    func start() {
      guard next < numbers.upperBound else { return }
      let number = next
      next += 1
      group.addTask { (number, try await body(number)) }
    }
    for _ in 0..<width { start() }
    while let (number, result) = try await group.next() {
      results[number] = result
      start()
    }
    return numbers.compactMap { results[$0] }
  }
}
