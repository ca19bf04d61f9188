// What the script writes of a shard besides its records: the next snapshots, and how far consumers have come. Both go on from what was asked
// for last, so that a call whose outcome nobody told is simply made again.
import TroupeCluster
import TroupeJournal

extension ShardClient {
  /// Two snapshots at the end of the log, one of them a tombstone or one that wakes, and the floor behind what had been there before.
  mutating func writeSnapshots(in store: some Store) async throws(StoreError) {
    let end = records.newest.count
    let offset = Offset(UInt64(end))
    let writes = [
      SnapshotWrite(
        kind: 1, entity: "e0", offset: offset, state: [UInt8](repeating: UInt8(truncatingIfNeeded: end), count: 700), wake: Int64(end)),
      SnapshotWrite(kind: 1, entity: "e\(end)", offset: offset, state: [1, 2, 3], isTombstone: true),
    ]
    var next = checkpoint.newest
    for write in writes {
      next.snapshots.removeAll { $0.entity == write.entity }
      next.snapshots.append(write)
    }
    next.snapshots.sort { $0.entity < $1.entity }
    next.floor = Offset(UInt64(end - 1))
    next.kept = Offset(UInt64(end / 2))
    try await write(next, writes, in: store)
  }

  mutating func writeConsumers(in store: some Store) async throws(StoreError) {
    let end = Offset(UInt64(records.newest.count))
    try await write(
      [ConsumerOffset(group: "mail", generation: 0, offset: end), ConsumerOffset(group: "search", generation: 1, offset: end)], in: store)
  }
}
