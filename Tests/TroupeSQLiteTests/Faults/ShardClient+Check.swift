// Whether a store holds of a shard what its owner was told, whole, in order, byte for byte, and nothing else.
import TroupeCluster
import TroupeJournal

extension ShardClient {
  func check(_ store: some Store) async throws {
    async let tail = store.readTail(shard, from: Offset(0))
    async let found = store.readWakes(shard, after: nil, before: .max, count: 100)
    guard let image = try await store.exportShard(shard) else {
      guard fence.possible.contains(Fence(0)) else { throw Lie("shard \(shard) is gone: its fence was \(fence.possible)") }
      return
    }
    let head = image.head
    guard fence.possible.contains(head.fence) else {
      throw Lie("shard \(shard) has the fence \(head.fence), and was told \(fence.possible)")
    }
    let held = Checkpoint(floor: head.floor, kept: head.kept, snapshots: image.snapshots)
    guard checkpoint.possible.contains(held) else { throw Lie("shard \(shard) has \(held), and was told \(checkpoint.possible)") }
    guard consumers.possible.contains(image.consumers) else {
      throw Lie("shard \(shard) has \(image.consumers), and was told \(consumers.possible)")
    }
    guard let whole = records.possible.first(where: { $0.count == Int(head.end.value) }) else {
      throw Lie("shard \(shard) ends at \(head.end), and was told \(records.possible.map(\.count))")
    }
    try compare(image.records, with: whole, from: head.kept)
    try compare(try await tail, with: whole, from: head.floor)
    if head.kept < head.end {
      try compare(try await store.readPage(shard, from: head.kept, limit: .max / 2), with: whole, from: head.kept)
    }
    if let snapshot = held.snapshots.first {
      let read = try await store.readSnapshot(shard, kind: snapshot.kind, entity: snapshot.entity)
      guard read == Snapshot(offset: snapshot.offset, state: snapshot.state ?? []) else {
        throw Lie("shard \(shard) reads another snapshot of \(snapshot.entity) than it lists")
      }
    }
    let wakes = held.snapshots.compactMap { one in one.wake.map { Wake(at: $0, kind: one.kind, entity: one.entity) } }.sorted()
    guard try await found == wakes else {
      throw Lie("shard \(shard) does not list the wakes \(wakes)")
    }
  }

  private func compare(_ found: [StoredRecord], with whole: [Record], from: Offset) throws {
    let expected = whole[Int(from.value)...]
    guard found.count == expected.count else {
      throw Lie("shard \(shard) reads \(found.count) records from \(from) on, and was told \(expected.count)")
    }
    for (index, record) in found.enumerated() {
      let offset = from.advanced(by: index)
      guard record.offset == offset, Record(kind: record.kind, entity: record.entity, turn: record.turn) == whole[Int(offset.value)] else {
        throw Lie("shard \(shard) reads another record at \(offset) than was appended")
      }
    }
  }
}
