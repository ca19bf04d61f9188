// The landing page, its assets, and the two ways of following it: a stream for the script and a document for programs.

import HTTPTypes
import Hummingbird

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

  static let policy = """
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
    let pulse = pulse
    return try LiveStream(metrics: metrics, limits: limits).response {
      await pulse.watch()
    } parts: { picture, shown in
      LandingParts(picture: picture).changed(since: shown)
    }
  }
}

extension Response {
  static func page(_ html: HTML, _ headers: HTTPFields = [:]) -> Response {
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    headers[.cacheControl] = "no-store"
    if headers[.contentSecurityPolicy] == nil { headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'" }
    headers[.init("x-content-type-options")!] = "nosniff"
    if headers[.init("referrer-policy")!] == nil { headers[.init("referrer-policy")!] = "no-referrer" }
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
