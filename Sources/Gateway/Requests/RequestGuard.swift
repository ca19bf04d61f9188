// Sits between the HTTP decoder and Hummingbird on each connection and refuses early what is too large or too slow, so that
// a body of 100 MB is answered after its head and not after its last byte. Hummingbird keeps answering in order: a refused
// request goes up with a mark and without its body, and the routes' middleware answers it like any other problem.

import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Carries the kind of problem from here to the middleware. Taken off whatever comes from outside.
  static let refusal = HTTPField.Name("troupe-refused")!

  /// Ends the body of a request that is already on its way through the routes.
  struct Refused: Error {
    let kind: ProblemKind
  }

  private enum Reading {
    case head
    case body(bytes: Int)
    /// Refused: what still comes is thrown away, up to the bound, and then not read at all.
    case discarding(bytes: Int)
  }

  private let limits: GatewayLimits
  private let metrics: GatewayMetrics
  private var reading = Reading.head
  /// Heads passed up whose answers are not complete.
  private var openRequests = 0
  private var timer: Scheduled<Void>?
  private var sawHead = false

  init(limits: GatewayLimits, metrics: GatewayMetrics) {
    self.limits = limits
    self.metrics = metrics
  }

  // MARK: From the client

  func handlerAdded(context: ChannelHandlerContext) {
    startTimer(limits.headTime, context) { $0.headTimedOut($1) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (unwrapInboundIn(data), reading) {
    case (.body(let part), .discarding(let bytes)): reading = .discarding(bytes: bytes + part.readableBytes)
    case (_, .discarding): break
    case (.head(let head), _): received(head, context)
    case (.body(let part), .body(let bytes)): received(part, after: bytes, context)
    case (.body, .head): break  // a body without a head: the decoder never makes one
    case (.end, _):
      timer?.cancel()
      reading = .head
      context.fireChannelRead(data)
    }
  }

  private func received(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
    var head = head
    timer?.cancel()
    sawHead = true
    openRequests += 1
    head.headerFields[Self.refusal] = nil
    // Hummingbird compares with "close" as it is written; HTTP does not care about case.
    if head.headerFields[.connection]?.lowercased() == "close" { head.headerFields[.connection] = "close" }
    if let length = head.headerFields[.contentLength].flatMap(Int.init), length > limits.bodyBytes {
      head.headerFields[Self.refusal] = ProblemKind.bodyTooLarge.rawValue
      head.headerFields[.connection] = "close"
      reading = .discarding(bytes: 0)
      context.fireChannelRead(wrapInboundOut(.head(head)))
      context.fireChannelRead(wrapInboundOut(.end(nil)))
      return
    }
    reading = .body(bytes: 0)
    startTimer(limits.bodyTime, context) { $0.refuseBody(.requestTimeout, $1) }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  private func received(_ part: ByteBuffer, after bytes: Int, _ context: ChannelHandlerContext) {
    guard bytes + part.readableBytes <= limits.bodyBytes else { return refuseBody(.bodyTooLarge, context) }
    reading = .body(bytes: bytes + part.readableBytes)
    context.fireChannelRead(wrapInboundOut(.body(part)))
  }

  private func refuseBody(_ kind: ProblemKind, _ context: ChannelHandlerContext) {
    guard case .body = reading else { return }
    timer?.cancel()
    reading = .discarding(bytes: 0)
    context.fireErrorCaught(Refused(kind: kind))
  }

  /// Stops reading once enough was thrown away: the client then waits on a full socket until the connection ends.
  func read(context: ChannelHandlerContext) {
    if case .discarding(let bytes) = reading, bytes > limits.lingerBytes { return }
    context.read()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !(error is IOError) else { return context.fireErrorCaught(error) }
    if case .discarding = reading { return }
    let kind: ProblemKind
    if case .headerOverflow? = error as? HTTPParserError { kind = .headTooLarge } else { kind = .malformedRequest }
    if openRequests == 0 {
      answer(kind, context)
    } else {
      reading = .discarding(bytes: 0)
      context.fireErrorCaught(Refused(kind: kind))
    }
  }

  // MARK: To the client

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .discarding = reading else {
      if case .end = unwrapOutboundIn(data) { openRequests -= 1 }
      return context.write(data, promise: promise)
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      head.headerFields[.connection] = "close"
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      openRequests -= 1
      context.writeAndFlush(data, promise: promise)
      if openRequests == 0 { linger(context) }
    }
  }

  /// Answers what never became a request. There is nothing for the routes to see.
  private func answer(_ kind: ProblemKind, _ context: ChannelHandlerContext) {
    reading = .discarding(bytes: 0)
    metrics.refusedBeforeRouting(kind)
    let body = limits.problem(kind).json(instance: "", trace: RequestTrace()).bytes
    let fields: HTTPFields = [
      .contentType: "application/problem+json", .contentLength: String(body.count), .connection: "close",
    ]
    context.write(wrapOutboundOut(.head(HTTPResponse(status: kind.status, headerFields: fields))), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    linger(context)
  }

  /// Closing at once with unread bytes would reset the connection, and the client would not see the answer.
  private func linger(_ context: ChannelHandlerContext) {
    startTimer(limits.lingerTime, context) { $1.close(promise: nil) }
  }

  private func headTimedOut(_ context: ChannelHandlerContext) {
    if !sawHead { answer(.requestTimeout, context) }
  }

  private func startTimer(
    _ time: Duration, _ context: ChannelHandlerContext, _ action: @escaping (RequestGuard, ChannelHandlerContext) -> Void
  ) {
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(duration: time)) { action(self, context) }
  }
}

@available(*, unavailable)
extension RequestGuard: Sendable {}

extension GatewayLimits {
  /// What a request refused before its route is told.
  func problem(_ kind: ProblemKind) -> Problem {
    switch kind {
    case .bodyTooLarge: Problem(kind, "The body is larger than \(bodyBytes) bytes.")
    case .headTooLarge:
      Problem(
        kind, "The request's head is larger than \(headBytes) bytes, one field than \(headerFieldBytes), or has over \(headerCount) fields."
      )
    case .requestTimeout: Problem(kind, "The request did not arrive in time: its head within \(headTime), its body within \(bodyTime).")
    default: Problem(kind, "The bytes on this connection are not an HTTP/1.1 request.")
    }
  }
}
