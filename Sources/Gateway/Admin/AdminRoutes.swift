// The operators' page at `/` of the admin listener, its parts as they change, and the same as a document for programs.

import HTTPTypes
import Hummingbird
import Troupe

struct AdminRoutes {
  let pulse: ClusterPulse
  let transport: TransportWatch
  let work: WorkWatch
  let metrics: GatewayMetrics
  let limits: GatewayLimits
  let opensEntities: Bool
  private let assets = AdminAssets()

  init(
    pulse: ClusterPulse, transport: TransportWatch, work: WorkWatch, metrics: GatewayMetrics, limits: GatewayLimits, opensEntities: Bool
  ) {
    self.pulse = pulse
    self.transport = transport
    self.work = work
    self.metrics = metrics
    self.limits = limits
    self.opensEntities = opensEntities
  }

  func add(to routes: inout Routes) {
    routes.get("/") { _, _ in
      async let links = transport.look()
      let picture = AdminPicture(cluster: await pulse.picture, transport: await links, work: await work.look())
      return .page(AdminPage(picture: picture, assets: assets, opensEntities: opensEntities).html, Self.headers)
    }
    routes.get(assets.stylePath) { _, _ in .asset(AdminStyle.text, "text/css; charset=utf-8") }
    routes.get(assets.scriptPath) { _, _ in .asset(LandingScript.text, "text/javascript; charset=utf-8") }
    routes.get("/live") { _, _ in
      try LiveStream(metrics: metrics, limits: limits).response(pictures) { AdminParts(picture: $0).changed(since: $1) }
    }
    routes.get("/links.json") { _, _ in
      let picture = await transport.look()
      guard let status = picture.status else {
        throw Problem(.unavailable, "Nothing is known of the links: \(picture.trouble ?? "nobody was asked yet").")
      }
      return .json(try status.json())
    }
  }

  /// These pages have forms, for themselves alone. A browser that sends no referrer sends no origin with a form either, by which
  /// `OwnPagesOnly` knows them.
  static let headers: HTTPFields = [
    .contentSecurityPolicy: LandingRoutes.policy.replacing("form-action 'none'", with: "form-action 'self'"),
    .init("referrer-policy")!: "same-origin",
  ]

  /// With the beat of the pulse, for as long as somebody listens.
  @Sendable private func pictures() async -> AsyncStream<AdminPicture> {
    let (stream, continuation) = AsyncStream.makeStream(of: AdminPicture.self, bufferingPolicy: .bufferingNewest(1))
    let (pulse, transport, work) = (pulse, transport, work)
    let task = Task {
      for await cluster in await pulse.watch() {
        async let links = transport.look()
        continuation.yield(AdminPicture(cluster: cluster, transport: await links, work: await work.look()))
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }
}

/// All looks at the cluster.
struct AdminPicture: Sendable, Equatable {
  var cluster: ClusterPicture
  var transport: TransportPicture
  var work = WorkPicture()
}

/// The landing page's style with what this page has more, and its script.
struct AdminAssets: Sendable {
  let stylePath = "/assets/admin-\(LandingAssets.hash(AdminStyle.text)).css"
  let scriptPath = "/assets/landing-\(LandingAssets.hash(LandingScript.text)).js"
}
