// What the gateway counts about itself. Few labels, and only ones of ours: a client cannot make a new series by asking for a
// new address.

import Hummingbird
import Synchronization

final class GatewayMetrics: Sendable {
  /// Upper ends in seconds. A cart call takes a millisecond or two; the last is the deadline of a call.
  static let buckets: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

  struct Series: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  struct Times {
    var counts = [UInt64](repeating: 0, count: GatewayMetrics.buckets.count + 1)
    var seconds = 0.0
    var total: UInt64 { counts.reduce(0, +) }
  }

  struct Counts {
    var requests: [Series: Times] = [:]
    var refused: [ProblemKind: UInt64] = [:]
    var inFlight = 0
    var liveStreams = 0
  }

  private let counts = Mutex(Counts())

  var snapshot: Counts { counts.withLock { $0 } }

  func began() { counts.withLock { $0.inFlight += 1 } }

  func ended(_ series: Series, after time: Duration) {
    let seconds = time / .seconds(1)
    let bucket = Self.buckets.firstIndex { seconds <= $0 } ?? Self.buckets.count
    counts.withLock {
      $0.inFlight -= 1
      $0.requests[series, default: Times()].counts[bucket] += 1
      $0.requests[series, default: Times()].seconds += seconds
    }
  }

  /// Answers to connections whose bytes never became a request.
  func refusedBeforeRouting(_ kind: ProblemKind) { counts.withLock { $0.refused[kind, default: 0] += 1 } }

  /// Takes one of the places for live streams; false when all are taken.
  func openLiveStream(limit: Int) -> Bool {
    counts.withLock {
      guard $0.liveStreams < limit else { return false }
      $0.liveStreams += 1
      return true
    }
  }
  func closeLiveStream() { counts.withLock { $0.liveStreams -= 1 } }
}

/// Counts and times each request, from its head to the head of its answer.
struct MetricsMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let metrics: GatewayMetrics
  private let clock = ContinuousClock()
  private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

  init(_ metrics: GatewayMetrics) { self.metrics = metrics }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let start = clock.now
    let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
    metrics.began()
    func ended(_ status: Int) {
      let route = context.endpointPath ?? "NotFound"  // as Hummingbird calls it itself
      metrics.ended(.init(method: method, route: route, status: status), after: start.duration(to: clock.now))
    }
    do {
      let response = try await next(request, context)
      ended(response.status.code)
      return response
    } catch {
      ended(0)  // the connection ended before there was an answer
      throw error
    }
  }
}
