// The landing page, its assets, and the two ways of following it: a stream for the script and a document for programs.

import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import TroupeJSON

struct LandingRoutes {
  let pulse: ClusterPulse
  let metrics: GatewayMetrics
  let limits: GatewayLimits
  private let assets = LandingAssets()

  init(pulse: ClusterPulse, metrics: GatewayMetrics, limits: GatewayLimits) {
    self.pulse = pulse
    self.metrics = metrics
    self.limits = limits
  }

  func add(to routes: inout Routes) {
    routes.get("/") { request, _ in
      let page = LandingPage(picture: await pulse.picture, assets: assets, host: Self.host(request))
      return .page(page.html, [.contentSecurityPolicy: Self.policy])
    }
    routes.get(assets.stylePath) { _, _ in .asset(LandingStyle.text, "text/css; charset=utf-8") }
    routes.get(assets.scriptPath) { _, _ in .asset(LandingScript.text, "text/javascript; charset=utf-8") }
    routes.get("/status.json") { _, _ in .json(await pulse.picture.json) }
    routes.get("/live") { request, _ in try await live(request) }
  }

  private static let policy = """
    default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  /// As the browser reached us, where that is a plain name or number.
  private static func host(_ request: Request) -> String {
    let host = request.head.authority ?? ""
    let isPlain = host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".:-[]".contains($0)) }
    return host.isEmpty || !isPlain || host.utf8.count > 80 ? "localhost:3000" : host
  }

  private func live(_ request: Request) async throws -> Response {
    guard metrics.openLiveStream(limit: limits.liveStreams) else {
      var problem = Problem(.overloaded, "\(limits.liveStreams) live streams are open already.")
      problem.retryAfter = .seconds(10)
      throw problem
    }
    let place = LivePlace(metrics)
    let body = ResponseBody { writer in
      try await Self.stream(await pulse.watch(), until: ContinuousClock.now + limits.liveTime, to: &writer)
      try await writer.finish(nil)
      _ = place
    }
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .init("x-accel-buffering")!: "no"], body: body)
  }

  /// Ends when the reader is gone (the next write throws), when its time is up, or when the gateway stops.
  private static func stream(
    _ pictures: AsyncStream<ClusterPicture>, until end: ContinuousClock.Instant, to writer: inout any ResponseBodyWriter
  ) async throws {
    var shown: ClusterPicture?
    try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
    for await picture in pictures.cancelOnGracefulShutdown() {
      guard ContinuousClock.now < end else { return }
      let parts = LandingParts(picture: picture).changed(since: shown).map { ($0.name, JSONValue.string($0.html.text)) }
      shown = picture
      var object = JSONObject()
      for (name, html) in parts { object.append(name, html) }
      // Sent even when nothing has changed: that is how a reader that is gone is noticed.
      try await writer.write(ByteBuffer(string: "event: parts\ndata: \(JSONValue.object(object).text)\n\n"))
    }
  }
}

/// One of the places for live streams, given back when whoever holds it is gone, by whatever way.
private final class LivePlace: Sendable {
  private let metrics: GatewayMetrics
  init(_ metrics: GatewayMetrics) { self.metrics = metrics }
  deinit { metrics.closeLiveStream() }
}

extension Response {
  static func page(_ html: HTML, _ headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    headers[.cacheControl] = "no-store"
    if headers[.contentSecurityPolicy] == nil { headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'" }
    headers[.init("x-content-type-options")!] = "nosniff"
    headers[.init("referrer-policy")!] = "no-referrer"
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html.text)))
  }

  static func asset(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: type, .cacheControl: "public, max-age=31536000, immutable", .init("x-content-type-options")!: "nosniff",
      ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
