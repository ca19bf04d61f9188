// Messages of a topic, posted to somebody's HTTP server: signed, so that he knows who sent them, and under a key, so that he knows one that
// came twice.

import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1
public import Troupe

/// Where messages are posted to.
///
/// ```swift
/// let webhook = try Webhook("https://erp.example/hooks", secret: secret)
/// registry.subscribe("erp", to: .carts) { delivery, _ in
///   try await webhook.post(delivery.message.json, key: delivery.key, topic: "cart.events")
/// }
/// ```
/// Each post has the headers
/// - `Idempotency-Key`: the same whenever this message is posted;
/// - `Troupe-Topic`: the topic's name;
/// - `Troupe-Signature`: `t=<seconds since 1970>,v1=<hexadecimal HMAC-SHA-256 of "<t>.<body>" under the secret>`. Who receives it should
///   compare in constant time, and refuse what is more than 300 seconds old.
///
/// A status of 200 to 299 means that it was taken; anything else, or none within `patience`, is an error, and the group tries again.
public struct Webhook: Sendable {
  /// Bytes of an answer that are read: only its beginning is told.
  static let answerBytes = 1 << 10
  /// The shortest secret, bytes: a guess must not be worth trying.
  public static let secretBytes = 16

  public let url: String
  private let secret: SymmetricKey
  private let patience: Duration
  private let client: HTTPClient

  public init(_ url: String, secret: [UInt8], patience: Duration = .seconds(10)) throws(WebhookError) {
    guard let parsed = URL(string: url), let scheme = parsed.scheme, ["http", "https"].contains(scheme), parsed.host?.isEmpty == false
    else {
      throw .invalidURL(url)
    }
    guard secret.count >= Self.secretBytes else { throw .shortSecret(secret.count) }
    self.url = url
    self.secret = SymmetricKey(data: secret)
    self.patience = patience
    client = .shared
  }

  /// Posts one message. Must run on an event loop, whose wall clock it signs with.
  public func post(_ body: [UInt8], key: String, topic: String, type: String = "application/json") async throws {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers = [
      "content-type": type, "idempotency-key": key, "troupe-topic": topic, "troupe-signature": signature(of: body, at: Self.seconds),
      "user-agent": "troupe-webhook",
    ]
    request.body = .bytes(ByteBuffer(bytes: body))
    let response = try await client.execute(request, timeout: .nanoseconds(patience.wholeNanoseconds))
    guard !(200..<300).contains(response.status.code) else { return }
    // What a server says of itself is for the operator's eyes, and no more of it than a line.
    let answer = try? await response.body.collect(upTo: Self.answerBytes)
    throw WebhookError.refused(Int(response.status.code), answer.map { String(buffer: $0) } ?? "")
  }

  private static var seconds: Int64 { (CurrentLoop.loop?.wallClock().milliseconds ?? 0) / 1_000 }

  func signature(of body: [UInt8], at seconds: Int64) -> String {
    var hmac = HMAC<SHA256>(key: secret)
    hmac.update(data: Array("\(seconds).".utf8))
    hmac.update(data: body)
    return "t=\(seconds),v1=\(hmac.finalize().map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined())"
  }
}

/// Why a message was not posted, or was not taken.
public enum WebhookError: Error, Hashable {
  case invalidURL(String)
  case shortSecret(Int)
  case refused(Int, String)
}

extension WebhookError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidURL(let url): "'\(url)' is no address that can be posted to: write http:// or https:// and a host"
    case .shortSecret(let count): "a webhook's secret has at least \(Webhook.secretBytes) bytes, this one has \(count)"
    case .refused(let status, let answer):
      "the webhook answered \(status)\(answer.isEmpty ? "" : ": \(answer.prefix(200).replacing("\n", with: " "))")"
    }
  }
}
