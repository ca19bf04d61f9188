// Waits at a terminal until shards have arrived, with a limit, and stops at Ctrl-C without leaving anything behind.

import Synchronization
import Troupe

struct ArrivalWatch {
  /// Between two looks.
  private static let pace: Duration = .milliseconds(200)
  /// An order that stands in the register is seen here a moment later. Within it, not to see it means nothing.
  private static let grace: Duration = .seconds(3)

  enum End: Hashable {
    case arrived
    /// What holds the shards.
    case tooLate(String)
    case interrupted(String)
    /// Somebody else ordered otherwise meanwhile: what he did.
    case overruled(String)
  }

  let connection: OperatorConnection
  let limit: Duration

  /// - Parameters:
  ///   - overruled: what stands in the way of the order itself, by the newest places.
  ///   - isQuiet: that nothing else may be moving either.
  func wait(
    for targets: [Int: String], isQuiet: Bool, _ show: (String) -> Void = { _ in }, overruled: ([ShardPlace]) -> String?
  ) async throws -> End {
    let isInterrupted = Interruption()
    let signals = StopSignals { _ in isInterrupted.flag.store(true, ordering: .relaxed) }
    defer { signals.cancel() }
    let start = ContinuousClock.now
    var hasStood = false
    while true {
      let places = try await connection.cluster.shards()
      if let why = overruled(places) {
        if hasStood || .now - start > Self.grace { return .overruled(why) }
      } else {
        hasStood = true
      }
      let ring = try? await connection.cluster.ringStatus()
      var obstacle = hasStood ? ShardArrival.obstacle(targets, places, ring) : "the order is on its way"
      let moving = places.count { $0.moves }
      if obstacle == nil, isQuiet, moving > 0 {
        obstacle = "\(moving.grouped) other shard\(moving == 1 ? " is" : "s are") still on the way"
      }
      guard let obstacle else { return .arrived }
      if isInterrupted.flag.load(ordering: .relaxed) { return .interrupted(obstacle) }
      if .now - start >= limit { return .tooLate(obstacle) }
      show(obstacle)
      try await Task.sleep(for: Self.pace)
    }
  }

  private final class Interruption: Sendable {
    let flag = Atomic(false)
  }
}
