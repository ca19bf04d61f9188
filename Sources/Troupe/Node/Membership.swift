// TEMPORARY: one member that owns everything.
final class Membership {
  let cluster: Cluster
  init(_ c: Cluster) { cluster = c }
  var waiting = 0
  static func start(_ cluster: Cluster, _ member: Member, _ configuration: NodeConfiguration, _ store: any Store, _ log: Log) async -> LoopBound<Membership> {
    let table = RoutingTable(View.first(cluster: configuration.cluster, shardCount: configuration.shardCount, member: member))
    for home in cluster.stages {
      home.loop.execute {
        let stage = home.stage.value
        stage.leaseUntil = .distantFuture
        stage.adopt(table)
        for shard in 0..<table.shardCount where shard % cluster.stages.count == home.loop.index {
          let s = Shard(id: ShardID(shard), stage: stage); stage.shards[shard] = s; s.takeOver()
        }
      }
    }
    return LoopBound(Membership(cluster), on: cluster.stages[0].loop)
  }
  static func untilServing(_ m: LoopBound<Membership>, limit: Duration) async throws(StartError) {}
  static func drain(_ name: String, _ m: LoopBound<Membership>) async throws {}
  static func drainSelf(_ m: LoopBound<Membership>) async {}
  static func stop(_ m: LoopBound<Membership>) async {}
}
