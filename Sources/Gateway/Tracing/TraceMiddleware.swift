// Gives each request its place in a trace, says it in the answer, and makes the gateway's own span where somebody samples.

import Hummingbird
import Troupe

/// Whose traces the gateway goes on with, and which it begins.
public struct GatewayTracing: Sendable {
  /// Who hears of the gateway's own spans. Nil, the default: nobody.
  public var tracer: (any CallTracer)?
  /// Of the requests that bring no trace of their own, the share that begins a sampled one: 0, the default, to 1. At 0 they begin none;
  /// a request that brings one is always gone on with, sampled or not as its client says.
  public var ratio = 0.0

  public init() {}
}

struct TraceMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let tracing: GatewayTracing
  /// What Hummingbird calls an address that it has no route for.
  private static let unknown = "NotFound"

  init(_ tracing: GatewayTracing) { self.tracing = tracing }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.trace = RequestTrace(request.headers, beginning: tracing.ratio)
    let span = begin(request, context)
    if let span { context.trace = context.trace.within(span.context) }
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      end(span, context.endpointPath, status: nil)
      throw error
    }
    response.headers[.traceID] = context.trace.id
    if let carried = context.trace.carried { response.headers[.traceparent] = carried.traceparent }
    end(span, context.endpointPath, status: response.status.code)
    context.logger.debug(
      "\(request.method) \(context.endpointPath ?? Self.unknown) \(response.status.code)", metadata: ["trace": "\(context.trace.id)"])
    return response
  }

  // MARK: The span

  private func begin(_ request: Request, _ context: Context) -> TraceSpan? {
    guard let tracer = tracing.tracer, context.trace.isCarried, context.trace.context.isSampled else { return nil }
    let place = context.trace.parent.map { $0.with(span: .random(in: 1...UInt64.max)) } ?? context.trace.context
    var span = TraceSpan(
      .server, request.method.rawValue, in: "gateway", parent: context.trace.parent, context: place, began: SystemClock.boot(),
      unixNanoseconds: SystemClock.unixNanoseconds(), attributes: [.init("http.request.method", request.method.rawValue)])
    tracer.began(&span)
    return span
  }

  /// Named by its route and not by its address, which may name somebody.
  private func end(_ span: TraceSpan?, _ route: String?, status: Int?) {
    guard var span, let tracer = tracing.tracer else { return }
    var attributes: [TraceSpan.Attribute] = []
    if let route, route != Self.unknown {
      span.name += " \(route)"
      attributes.append(.init("http.route", route))
    }
    if let status { attributes.append(.init("http.response.status_code", status)) }
    let error = status.map { $0 >= 500 ? "\($0)" : nil } ?? "the connection ended before there was an answer"
    tracer.ended(span, TraceSpan.End(at: SystemClock.boot(), error: error, attributes: attributes))
  }
}
