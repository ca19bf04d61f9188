// Looks at the cluster once a second, for everybody who wants to see it: one question a second, however many watch.

import Hummingbird
import Logging
import ServiceLifecycle

actor ClusterPulse: Service {
  private let door: any ClusterDoor
  private let clock = ContinuousClock()
  private let logger: Logger
  private var maker = PictureMaker()
  private var watchers: [Int: AsyncStream<ClusterPicture>.Continuation] = [:]
  private var nextWatcher = 0

  static let pace: Duration = .seconds(1)

  init(_ door: any ClusterDoor, logger: Logger) {
    self.door = door
    self.logger = logger
  }

  /// The last look.
  var picture: ClusterPicture { maker.picture }

  /// Looks until the gateway stops. A look that takes longer than a second delays the next.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let began = self.clock.now
        await self.look()
        try? await self.clock.sleep(until: began + Self.pace, tolerance: .milliseconds(50))
      }
    }
    for watcher in watchers.values { watcher.finish() }
    watchers = [:]
  }

  func look() async {
    let wasReachable = maker.picture.isReachable
    do {
      maker.add(try await door.picture(), at: clock.now)
      if !wasReachable { logger.info("the cluster answers", metadata: ["epoch": "\(maker.picture.epoch)"]) }
    } catch {
      let trouble = "\(error)"
      if wasReachable { logger.warning("the cluster does not answer: \(trouble)") }
      maker.fail(trouble)
    }
    for watcher in watchers.values { watcher.yield(maker.picture) }
  }

  /// Each picture from now on, the present one first. A reader that is slow misses some and never the newest.
  func watch() -> AsyncStream<ClusterPicture> {
    let id = nextWatcher
    nextWatcher += 1
    let (stream, continuation) = AsyncStream.makeStream(of: ClusterPicture.self, bufferingPolicy: .bufferingNewest(1))
    continuation.onTermination = { _ in Task { await self.forget(id) } }
    watchers[id] = continuation
    continuation.yield(maker.picture)
    return stream
  }

  private func forget(_ id: Int) { watchers[id] = nil }
}
