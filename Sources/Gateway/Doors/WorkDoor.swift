// Groups of consumers, their dead letters and sagas, as the operators' page and the metrics see them, and what an operator may do there.

import Troupe

public protocol WorkDoor: Sendable {
  /// What each node says of its groups.
  func consumers() async throws -> ConsumerStatus
  /// Sagas that are under way.
  func sagas() async throws -> SagaStatus
  /// How many dead letters a group has.
  func letterCount(of group: String) async throws -> Int
  /// The oldest dead letters of a group.
  func letters(of group: String, limit: Int, _ options: CallOptions) async throws -> [DeadLetter]
  /// Lets the group have a letter once more; false when there is no such letter any more.
  func redrive(_ letter: String, of group: String, _ options: CallOptions) async throws -> Bool
  /// Forgets a letter; false when there is no such letter any more.
  func drop(_ letter: String, of group: String, _ options: CallOptions) async throws -> Bool
  /// Tries the step at hand of a saga again, now. Answers why not, if it does not.
  func resume(saga: String, _ options: CallOptions) async throws -> String?
}

/// Those of a cluster.
public struct ClusterWork: WorkDoor {
  /// A node that does not answer within it is listed as silent.
  private static let patience: Duration = .seconds(2)

  private let cluster: Cluster

  public init(_ cluster: Cluster) { self.cluster = cluster }

  private func box(_ group: String, _ options: CallOptions) -> DeadLetters.Ref {
    var box = cluster.entity(DeadLetters.self, group)
    box.target.options = options
    return box
  }

  public func consumers() async throws -> ConsumerStatus { try await cluster.consumerStatus() }
  public func sagas() async throws -> SagaStatus { try await cluster.sagaStatus(within: Self.patience) }

  public func letterCount(of group: String) async throws -> Int {
    try await cluster.entity(DeadLetters.self, group).within(Self.patience).count()
  }

  public func letters(of group: String, limit: Int, _ options: CallOptions) async throws -> [DeadLetter] {
    try await box(group, options).list(limit: limit)
  }

  public func redrive(_ letter: String, of group: String, _ options: CallOptions) async throws -> Bool {
    do { try await box(group, options).redrive(letter) } catch DeadLetters.Failure.unknown { return false }
    return true
  }

  public func drop(_ letter: String, of group: String, _ options: CallOptions) async throws -> Bool {
    do { try await box(group, options).drop(letter) } catch DeadLetters.Failure.unknown { return false }
    return true
  }

  public func resume(saga: String, _ options: CallOptions) async throws -> String? {
    var ref = cluster.entity(Sagas.self, saga)
    ref.target.options = options
    do { try await ref.resume() } catch Sagas.Failure.notNow(let why) { return why }
    return nil
  }
}
