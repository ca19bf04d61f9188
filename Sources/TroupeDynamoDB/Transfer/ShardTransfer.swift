// A shard that comes from another store, or goes to one. Only while no node runs on either.
import TroupeAWS
import TroupeCluster
import TroupeJournal

struct ShardTransfer: Sendable {
  let log: ShardLog
  let snapshots: Snapshots
  private var table: Table { log.table }

  func export(_ shard: ShardID, _ budget: inout Budget) async throws(StoreError) -> ShardImage? {
    guard let state = try await log.state(shard, &budget) else { return nil }
    let records = try await log.whole(shard, &budget) { $0.head.kept }
    return ShardImage(
      shard: shard, head: state.head, records: records, snapshots: try await snapshots.all(shard, &budget),
      consumers: state.shard.offsets)
  }

  /// The shard's own item, without which nothing else counts, comes last. What an attempt that failed has left goes first.
  func adopt(_ image: ShardImage, within limit: Duration) async throws(StoreError) {
    let shard = image.shard
    var budget = Budget("an import of shard \(shard)", within: limit)
    guard try await table.get(.shard(shard), &budget) == nil else { throw .invalid("shard \(shard) is here already") }
    for snapshot in image.snapshots where snapshot.entity.utf8.count > ItemKey.entityLimit {
      throw .invalid("an entity's id has at most \(ItemKey.entityLimit) bytes here, \(snapshot.entity.prefix(40))… has more")
    }
    for partition in [ItemKey.logPartition(shard), ItemKey.snapshotPartition(shard), ItemKey.partPartition(shard)] {
      try await clear(partition, within: limit)
    }
    for batch in image.batches {
      let (entry, records) = LogItem.item(batch, nonce: 0)
      guard case .batch(_, _, _, _, let bulk) = entry.content else { continue }
      try await put(bulk.items(of: records, in: shard) + [entry.item], of: shard, within: limit)
    }
    for start in stride(from: 0, to: image.snapshots.count, by: 20) {
      var items: [Item] = []
      for write in image.snapshots[start..<min(start + 20, image.snapshots.count)] {
        guard let item = SnapshotItem.item(write, of: shard, nonce: 0), let state = write.state else { continue }
        items += item.bulk.items(of: state, in: shard) + [item.item]
      }
      try await put(items, of: shard, within: limit)
    }
    try await count(image, within: limit)
  }

  private func count(_ image: ShardImage, within limit: Duration) async throws(StoreError) {
    let head = image.head
    var budget = Budget("an import of shard \(image.shard)", within: limit)
    // As if this owner had just taken over: the fence before his ends where the log does.
    var before = head
    before.fence = Fence(head.fence.value - 1)
    let raise = LogItem.raise(before, of: image.shard, for: head.owner, nonce: 0)
    let own = ShardItem(
      version: 1, nonce: SystemTime.random(), fence: head.fence, owner: head.owner, floor: head.floor, kept: head.kept,
      consumers: Dictionary(image.consumers.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first }))
    let outcome = try await table.commit([.put(raise.item, nil), .put(own.item(of: image.shard), .isAbsent)], &budget)
    guard case .refused(let refusals) = outcome else { return }
    if let item = refusals[1]?.item, try ShardItem(item, of: image.shard).nonce == own.nonce { return }
    throw .invalid("shard \(image.shard) is here already")
  }

  private func put(_ items: [Item], of shard: ShardID, within limit: Duration) async throws(StoreError) {
    for start in stride(from: 0, to: items.count, by: 20) {
      var budget = Budget("an import of shard \(shard)", within: limit)
      try await table.batch(put: Array(items[start..<min(start + 20, items.count)]), &budget)
    }
  }

  private func clear(_ partition: String, within limit: Duration) async throws(StoreError) {
    var keys: [ItemKey] = []
    var budget = Budget("clearing \(partition)", within: limit)
    try await table.query(Table.Query(partition: partition, first: "0", last: "~", only: []), &budget) { (item) throws(StoreError) in
      if let key = item.key { keys.append(key) }
      return true
    }
    try await table.batch(remove: keys, &budget)
  }
}
