// Moving everything from one store to another, whatever they are: only what `Store` offers is used.

import Troupe

struct Migration {
  struct Counts: Hashable {
    var shards = 0
    var records = 0
    var snapshots = 0
  }

  /// Two looks at the beats this far apart: a living member beats several times in between.
  static let stillness: Duration = .milliseconds(1_600)

  let source: any Store
  let target: any Store

  init(from source: any Store, to target: any Store) {
    self.source = source
    self.target = target
  }

  /// `progress` hears how many shards of how many are done.
  func run(_ progress: (Int, Int) -> Void) async throws -> Counts {
    guard let view = try await source.readRegister() else { throw Refusal("The store to move from has no cluster.") }
    guard try await target.readRegister() == nil else { throw Refusal("The store to move to has a cluster already; nothing was touched.") }
    try await requireStillness(view)
    var counts = Counts()
    for index in 0..<view.shardCount {
      let shard = ShardID(index)
      if let image = try await source.exportShard(shard) {
        try await move(image)
        counts.shards += 1
        counts.records += image.records.count
        counts.snapshots += image.snapshots.count
      }
      progress(index + 1, view.shardCount)
    }
    try await requireStillness(view)
    guard try await target.createCluster(view) == .stored, try await target.readRegister() == view else {
      throw Refusal("Somebody made a cluster in the store to move to meanwhile.")
    }
    return counts
  }

  private func move(_ image: ShardImage) async throws {
    if try await target.readHead(image.shard) == nil { try await target.importShard(image) }
    guard let there = try await target.exportShard(image.shard), there.isSame(as: image) else {
      throw Refusal("Shard \(image.shard) is not the same in both stores: empty the store to move to, and begin anew.")
    }
  }

  /// Refuses while anybody beats.
  private func requireStillness(_ view: View) async throws {
    let before = try await beats()
    try await Task.sleep(for: Self.stillness)
    let after = try await beats()
    if let member = after.first(where: { !before.contains($0) }) {
      throw Refusal("The node \(member.node) runs on the store to move from: stop the cluster first.")
    }
    guard try await source.readRegister() == view else { throw Refusal("The cluster changed meanwhile: stop it first.") }
  }

  /// The beat of somebody who is no member writes nothing.
  private func beats() async throws -> [Beat] {
    switch try await source.beat(Beat(node: NodeID("migration"), incarnation: Incarnation(0), counter: 0)) {
    case .beats(_, let beats), .refusedNotListed(_, let beats): beats
    }
  }
}

extension ShardImage {
  /// All but the identity of the last batch, which not every store keeps once its records are gone: the next owner raises the fence.
  func isSame(as other: ShardImage) -> Bool {
    shard == other.shard && records == other.records && snapshots == other.snapshots && consumers == other.consumers
      && (head.fence, head.end, head.floor, head.kept) == (other.head.fence, other.head.end, other.head.floor, other.head.kept)
  }
}
