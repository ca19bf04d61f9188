// What the processes of the cluster say of their links: asked for at most once a second, however many want to know, and written
// to the metrics each time.

import Logging
import Metrics
import ServiceLifecycle
import Troupe

actor TransportWatch: Service {
  /// Younger than this is new enough.
  static let freshness: Duration = .milliseconds(900)
  /// Backends that nobody scrapes get figures this often.
  static let sampling: Duration = .seconds(10)

  private let door: any ClusterDoor
  private let clock = ContinuousClock()
  private var metrics: TransportMetrics
  private var latest = TransportPicture()
  private var takenAt: ContinuousClock.Instant?
  private var looking: Task<TransportPicture, Never>?

  init(_ door: any ClusterDoor, factory: any MetricsFactory) {
    self.door = door
    metrics = TransportMetrics(factory)
  }

  /// The last look, or a new one when that is old.
  func look() async -> TransportPicture {
    if let takenAt, clock.now - takenAt < Self.freshness { return latest }
    if let looking { return await looking.value }
    let task = Task { await lookNow() }
    looking = task
    return await task.value
  }

  private func lookNow() async -> TransportPicture {
    do {
      let status = try await door.transport()
      latest = TransportPicture(status: status)
      metrics.record(status, at: clock.now)
    } catch {
      latest.trouble = "\(error)"
    }
    takenAt = clock.now
    looking = nil
    return latest
  }

  /// Looks from time to time until the gateway stops.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        _ = await self.look()
        try? await self.clock.sleep(for: Self.sampling, tolerance: .seconds(1))
      }
    }
  }
}

/// What was heard last.
struct TransportPicture: Sendable, Equatable {
  var status: TransportStatus?
  /// Why the last question was not answered.
  var trouble: String?
}
