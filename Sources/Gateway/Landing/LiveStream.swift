// Parts of a page as they change, as server-sent events: the same HTML that the page was made of. For the landing page and the
// operators' page.

import HTTPTypes
import Hummingbird
import ServiceLifecycle
import TroupeJSON

struct LiveStream {
  let metrics: GatewayMetrics
  let limits: GatewayLimits

  typealias Parts = [(name: String, html: HTML)]

  /// - Parameters:
  ///   - pictures: what is to be shown, one after the other.
  ///   - parts: those of a picture that differ from the one before.
  func response<Picture: Sendable>(
    _ pictures: @escaping @Sendable () async -> AsyncStream<Picture>, parts: @escaping @Sendable (Picture, Picture?) -> Parts
  ) throws -> Response {
    guard metrics.openLiveStream(limit: limits.liveStreams) else {
      var problem = Problem(.overloaded, "\(limits.liveStreams) live streams are open already.")
      problem.retryAfter = .seconds(10)
      throw problem
    }
    let place = LivePlace(metrics)
    let end = ContinuousClock.now + limits.liveTime
    let body = ResponseBody { writer in
      try await Self.stream(await pictures(), until: end, parts, to: &writer)
      try await writer.finish(nil)
      _ = place
    }
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .init("x-accel-buffering")!: "no"], body: body)
  }

  /// Ends when the reader is gone (the next write throws), when its time is up, or when the gateway stops.
  private static func stream<Picture: Sendable>(
    _ pictures: AsyncStream<Picture>, until end: ContinuousClock.Instant, _ parts: (Picture, Picture?) -> Parts,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    var shown: Picture?
    try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
    for await picture in pictures.cancelOnGracefulShutdown() {
      guard ContinuousClock.now < end else { return }
      var object = JSONObject()
      for (name, html) in parts(picture, shown) { object.append(name, .string(html.text)) }
      shown = picture
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
