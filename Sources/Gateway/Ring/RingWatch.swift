// What the nodes tell of the ring: asked for when somebody looks, at most twice a second, however many look.

import Troupe
import TroupeJSON

actor RingWatch {
  /// Younger than this is new enough.
  static let freshness: Duration = .milliseconds(450)
  /// Between two looks of those who go on looking: a suspicion lasts for half a second, and should be seen.
  static let pace: Duration = .milliseconds(500)

  private let door: any ClusterDoor
  private let clock = ContinuousClock()
  private var latest = RingSight()
  private var takenAt: ContinuousClock.Instant?
  private var looking: Task<RingSight, Never>?

  init(_ door: any ClusterDoor) { self.door = door }

  /// The last look, or a new one when that is old.
  func look() async -> RingSight {
    if let takenAt, clock.now - takenAt < Self.freshness { return latest }
    if let looking { return await looking.value }
    let task = Task { await lookNow() }
    looking = task
    return await task.value
  }

  private func lookNow() async -> RingSight {
    do {
      latest = RingSight(status: try await door.ring())
    } catch {
      latest.trouble = (error as? CallError)?.message ?? "\(error)"
    }
    (takenAt, looking) = (clock.now, nil)
    return latest
  }
}

/// What was heard last.
struct RingSight: Sendable, Equatable {
  var status: RingStatus?
  /// Why the last question was not answered.
  var trouble: String?
}

extension RingStatus {
  /// For programs: the fields that travel, under their names. Durations are decimal seconds with a unit, "0.0003s".
  package func json() throws -> JSONValue {
    var types = TypeTable()
    let type = types.describe(RingStatus.self)
    return try JSONTranscoder(types: types.types).value(from: wireBytes, as: type)
  }
}
