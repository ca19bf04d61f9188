// Asks the cluster for its consumers and sagas when somebody wants to know: consumers at most once a second, sagas, which cost the nodes
// a look into the store, every five.

import Troupe

actor WorkWatch {
  static let freshness: Duration = .milliseconds(900)
  static let sagaFreshness: Duration = .seconds(5)
  /// Groups whose dead letters are counted.
  static let groupLimit = 100

  private let door: any WorkDoor
  private let clock = ContinuousClock()
  private var latest = WorkPicture()
  private var takenAt: ContinuousClock.Instant?
  private var sagasTakenAt: ContinuousClock.Instant?
  private var looking: Task<WorkPicture, Never>?

  init(_ door: any WorkDoor) { self.door = door }

  /// The last look, or a new one when that is old.
  func look() async -> WorkPicture {
    if let takenAt, clock.now - takenAt < Self.freshness { return latest }
    if let looking { return await looking.value }
    let task = Task { await lookNow() }
    looking = task
    return await task.value
  }

  /// Something was changed: the next look is a new one.
  func forget() { (takenAt, sagasTakenAt) = (nil, nil) }

  private func lookNow() async -> WorkPicture {
    let asksForSagas = sagasTakenAt.map { clock.now - $0 >= Self.sagaFreshness } ?? true
    let door = door
    async let sagas = asksForSagas ? Self.result { try await door.sagas() } : nil
    let consumers = await Self.result { try await door.consumers() }
    switch consumers {
    case .success(let status): (latest.consumers, latest.consumerTrouble) = (status, nil)
    case .failure(let error): latest.consumerTrouble = Self.sentence(error)
    }
    latest.letters = await count(latest.consumers.groups.map(\.group))
    switch await sagas {
    case .success(let status)?: (latest.sagas, latest.sagaTrouble, sagasTakenAt) = (status, nil, clock.now)
    case .failure(let error)?: (latest.sagaTrouble, sagasTakenAt) = (Self.sentence(error), clock.now)
    case nil: break
    }
    (latest.time, takenAt, looking) = (WorkPicture.now, clock.now, nil)
    return latest
  }

  private func count(_ groups: [String]) async -> [String: Int] {
    let door = door
    return await withTaskGroup(of: (String, Int?).self) { tasks in
      for group in groups.prefix(Self.groupLimit) { tasks.addTask { (group, try? await door.letterCount(of: group)) } }
      return await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private static func result<Value: Sendable>(_ body: @Sendable () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
  }

  private static func sentence(_ error: any Error) -> String { (error as? CallError)?.message ?? "\(error)" }
}
