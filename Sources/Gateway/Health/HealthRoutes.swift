// What asks about the gateway itself: probes, metrics, and the pages behind the `type` of each problem.

import Hummingbird

struct HealthRoutes {
  let pulse: ClusterPulse
  let metrics: GatewayMetrics
  let transport: TransportWatch
  let work: WorkWatch
  let registry: PrometheusRegistry

  func add(to routes: inout Routes) {
    // Alive: this process answers. What the cluster does is no reason to restart a gateway.
    routes.get("/health/live") { _, _ in .json(["status": "alive"]) }
    // Ready: calls have somewhere to go. A balancer sends no one here otherwise.
    routes.get("/health/ready") { _, _ in
      let picture = await pulse.picture
      guard picture.isReady else {
        var problem = Problem(.unavailable, "\(picture.summary).")
        problem.retryAfter = .seconds(1)
        throw problem
      }
      return .json(["status": "ready", "nodes": .number(.init(picture.servingNodes))])
    }
    routes.get("/metrics") { _, _ in
      // Writes to the registry, if what it knows is older than a second.
      async let links = transport.look()
      let work = await work.look()
      _ = await links
      var page = PrometheusText()
      metrics.snapshot.write(to: &page)
      await pulse.picture.write(to: &page)
      work.write(to: &page)
      registry.write(to: &page)
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
    }
    routes.get("/problems/{name}") { _, context in
      let name = try context.component("name")
      guard let kind = ProblemKind(rawValue: name) else { throw Problem(.unknownPath, "There is no problem called \(Text.quoted(name)).") }
      return .page(
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark"><title>\(kind.title)</title>
        <h1>\(kind.title)</h1><p>HTTP \(kind.status.code). \(kind.cure)</p></html>
        """)
    }
  }
}
