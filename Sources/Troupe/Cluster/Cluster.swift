// The door to a cluster's entities, the same in a node, in a client and inside an entity.

/// Makes references to entities and asks about the cluster. Sendable and free to share; lives as long as its node or client.
public final class Cluster: Sendable {
  /// One a loop.
  let stages: [StageHome]
  /// The same, uncounted: each call asks for the stage of its loop. Sound because `stages` keeps them.
  private let homes: [Unmanaged<StageHome>]

  init(_ stages: [StageHome]) {
    self.stages = stages
    homes = stages.map { .passUnretained($0) }
    for home in stages {
      home.loop.execute {
        let own = Cluster(twins: stages.map { StageHome(twin: $0) })
        home.stage.value.cluster = own
        home.open(own)
      }
    }
  }

  /// A door of one loop's own to the same stages. References that entities make hold it, and counting them touches no memory that
  /// another loop counts in: two loops that call each other's entities were seen to spend half their time on that.
  private init(twins: [StageHome]) {
    stages = twins
    homes = twins.map { .passUnretained($0) }
  }

  /// A reference to `kind`/`id`. Nothing is created: an entity comes to life at its first call.
  public func entity<E: Entity>(_ kind: E.Type, _ id: String) -> E.Ref {
    E.Ref(RefTarget(kind: E.kind, id: id, cluster: self))
  }

  /// The stage of the loop that this code runs on; nil on any other thread.
  @usableFromInline var currentStage: Stage? {
    guard let index = CurrentLoop.index else { return nil }
    guard index < homes.count else { return nil }
    return homes[index]._withUnsafeGuaranteedRef { $0.isHere ? $0.stage.value : nil }
  }
}
