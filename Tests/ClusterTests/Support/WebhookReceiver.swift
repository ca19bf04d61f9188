// Somebody else's server that webhooks are posted to. It lives in the test, so what it remembers survives whatever dies in the cluster.

import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

final class WebhookReceiver: Sendable {
  struct Post: Sendable {
    var key: String
    var body: Body
  }

  struct Body: Decodable, Sendable {
    var cart: String
    var change: String
    var sku: String?
    var quantity: Int?
  }

  private struct State {
    var posts: [Post] = []
    var unsigned = 0
    var answer: @Sendable (Post) -> HTTPResponseStatus = { _ in .ok }
  }

  static let secret = "a secret of at least sixteen bytes"

  private let state = Mutex(State())
  private let channel: any Channel
  let url: String

  init() async throws {
    let box = Handed()
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(PostHandler(box))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/hooks"
    box.receiver.withLock { $0 = Handed.Weak(value: self) }
  }

  deinit { channel.close(promise: nil) }

  /// From now on posts are answered like this; what is refused is not remembered.
  func answer(_ answer: @escaping @Sendable (Post) -> HTTPResponseStatus) { state.withLock { $0.answer = answer } }

  var posts: [Post] { state.withLock { $0.posts } }
  /// Of whatever had no signature of ours.
  var unsigned: Int { state.withLock { $0.unsigned } }

  /// What one cart's adds were, in the order of their first coming, each key once.
  func adds(of cart: String) -> [String] {
    var seen: Set<String> = []
    return posts.filter { $0.body.cart == cart && seen.insert($0.key).inserted }.compactMap(\.body.sku)
  }

  fileprivate func take(_ headers: HTTPHeaders, _ body: [UInt8]) -> HTTPResponseStatus {
    guard let key = headers.first(name: "idempotency-key"), Self.isSigned(headers.first(name: "troupe-signature") ?? "", body),
      let parsed = try? JSONDecoder().decode(Body.self, from: Data(body))
    else {
      state.withLock { $0.unsigned += 1 }
      return .badRequest
    }
    let post = Post(key: key, body: parsed)
    let status = state.withLock { $0.answer }(post)
    if (200..<300).contains(status.code) { state.withLock { $0.posts.append(post) } }
    return status
  }

  /// As a receiver is told to check it.
  private static func isSigned(_ signature: String, _ body: [UInt8]) -> Bool {
    let parts = signature.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).last.map(String.init) ?? "" }
    guard parts.count == 2, let seconds = Double(parts[0]), abs(Date().timeIntervalSince1970 - seconds) < 300 else { return false }
    var hmac = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
    hmac.update(data: Array("\(parts[0]).".utf8) + body)
    return hmac.finalize().map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined() == parts[1]
  }
}

/// The receiver is made before it can be handed to its connections.
private final class Handed: Sendable {
  let receiver = Mutex<Weak?>(nil)

  struct Weak: Sendable {
    weak var value: WebhookReceiver?
  }
}

private final class PostHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let handed: Handed
  private var headers = HTTPHeaders()
  private var body: [UInt8] = []

  init(_ handed: Handed) { self.handed = handed }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (headers, body) = (head.headers, [])
    case .body(let bytes): body += Array(bytes.readableBytesView)
    case .end:
      let status = handed.receiver.withLock { $0 }?.value?.take(headers, body) ?? .serviceUnavailable
      context.write(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: ["content-length": "0"]))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
