// The operators' page at `/` of the admin listener, its parts as they change, and the same as documents for programs.

import HTTPTypes
import Hummingbird
import Troupe

struct AdminRoutes {
  let pulse: ClusterPulse
  let transport: TransportWatch
  let work: WorkWatch
  let ring: RingWatch
  let metrics: GatewayMetrics
  let limits: GatewayLimits
  let opensEntities: Bool
  private let assets = AdminAssets()

  init(
    pulse: ClusterPulse, transport: TransportWatch, work: WorkWatch, ring: RingWatch, metrics: GatewayMetrics, limits: GatewayLimits,
    opensEntities: Bool
  ) {
    self.pulse = pulse
    self.transport = transport
    self.work = work
    self.ring = ring
    self.metrics = metrics
    self.limits = limits
    self.opensEntities = opensEntities
  }

  func add(to routes: inout Routes) {
    routes.get("/") { _, _ in
      async let links = transport.look()
      async let circle = ring.look()
      let picture = AdminPicture(
        cluster: await pulse.picture, transport: await links, work: await work.look(), ring: await circle)
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
    routes.get("/ring.json") { _, _ in
      let sight = await ring.look()
      guard let status = sight.status, sight.trouble == nil else {
        throw Problem(.unavailable, "Nothing is known of the ring: \(sight.trouble ?? "nobody was asked yet").")
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

  /// As often as the ring is looked at, for as long as somebody listens. What else there is comes with the beat of the pulse, and does not hold
  /// the ring up: a node that does not answer takes everybody a second who asks it for its links.
  @Sendable private func pictures() async -> AsyncStream<AdminPicture> {
    let (stream, continuation) = AsyncStream.makeStream(of: AdminPicture.self, bufferingPolicy: .bufferingNewest(1))
    let (pulse, transport, work, ring) = (pulse, transport, work, ring)
    let task = Task {
      let others = LatestPicture()
      await others.take(await pulse.picture, await transport.look(), await work.look())
      await withTaskGroup { group in
        group.addTask {
          for await cluster in await pulse.watch() {
            async let links = transport.look()
            await others.take(cluster, await links, await work.look())
          }
          continuation.finish()
        }
        group.addTask {
          while !Task.isCancelled {
            continuation.yield(await others.picture(with: await ring.look()))
            try? await Task.sleep(for: RingWatch.pace)
          }
        }
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }
}

/// What one watcher is shown beside the ring.
private actor LatestPicture {
  private var picture = AdminPicture(cluster: ClusterPicture(), transport: TransportPicture())

  func take(_ cluster: ClusterPicture, _ transport: TransportPicture, _ work: WorkPicture) {
    (picture.cluster, picture.transport, picture.work) = (cluster, transport, work)
  }

  func picture(with ring: RingSight) -> AdminPicture {
    picture.ring = ring
    return picture
  }
}

/// All looks at the cluster.
struct AdminPicture: Sendable, Equatable {
  var cluster: ClusterPicture
  var transport: TransportPicture
  var work = WorkPicture()
  var ring = RingSight()
}

/// The landing page's style with what this page has more, and its script.
struct AdminAssets: Sendable {
  let stylePath = "/assets/admin-\(LandingAssets.hash(AdminStyle.text)).css"
  let scriptPath = "/assets/landing-\(LandingAssets.hash(LandingScript.text)).js"
}
