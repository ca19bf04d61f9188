// One shard's log and snapshots in memory: a pure value, the plainest reading of what `Store` says about them.
import TroupeWire

struct MemoryLog {
  private struct Row {
    let name: BatchName
    let end: Offset
    let bytes: [UInt8]
    let count: Int
  }
  struct EntityKey: Hashable {
    let kind: UInt32
    let entity: String
  }

  private(set) var head = Head.empty
  private var rows: [Row] = []
  private var snapshots: [EntityKey: Snapshot] = [:]
  private var tombstones: Set<EntityKey> = []

  // MARK: The log

  mutating func append(_ batch: AppendBatch) -> AppendOutcome {
    switch head.verdict(on: batch) {
    case .conflict: return .conflict(head)
    case .duplicate: return .appended(head.end)
    case .append:
      var writer = Writer()
      batch.encodeRecords(into: &writer)
      rows.append(Row(name: batch.name, end: batch.end, bytes: writer.bytes, count: batch.records.count))
      head.take(batch)
      return .appended(head.end)
    }
  }

  mutating func raiseFence(for writer: WriterID) -> Head {
    head.raise(for: writer)
    return head
  }

  func settle(_ batch: BatchName) -> SettleOutcome {
    guard head.fence > batch.fence else { return .stillOpen }
    guard head.end > batch.from else { return .absent }
    guard let row = rows.first(where: { $0.name.from == batch.from }) else { return batch.from < head.floor ? .forgotten : .absent }
    return row.name.writer == batch.writer && row.name.batch == batch.batch ? .landed : .absent
  }

  func tail(from offset: Offset) throws(StoreError) -> [StoredRecord] {
    let from = max(offset, head.floor)
    var records: [StoredRecord] = []
    for row in rows where row.end > from {
      do {
        try StoredRecord.decode(row.bytes.span.bytes, first: row.name.from, count: row.count, from: from) { records.append($0) }
      } catch {
        throw .corrupt("shard \(row.name.shard), offset \(row.name.from): \(error)")
      }
    }
    return records
  }

  func log(kind: UInt32, entity: String, limit: Int) throws(StoreError) -> [StoredRecord] {
    Array(try tail(from: head.floor).filter { $0.kind == kind && $0.entity == entity }.suffix(limit))
  }

  // MARK: Snapshots

  mutating func write(_ writes: [SnapshotWrite], floor: Offset, fence: Fence) throws(StoreError) {
    try head.admitSnapshots(writes, floor: floor, fence: fence)
    for write in writes {
      let key = EntityKey(kind: write.kind, entity: write.entity)
      if let old = snapshots[key], old.offset > write.offset || (old.offset == write.offset && write.state != nil) { continue }
      snapshots[key] = write.state.map { Snapshot(offset: write.offset, state: $0) }
      if write.isTombstone { tombstones.insert(key) } else { tombstones.remove(key) }
    }
    head.floor = max(head.floor, floor)
    rows.removeAll { $0.end <= head.floor }
  }

  func snapshot(_ key: EntityKey) -> Snapshot? { snapshots[key] }

  func entities(kind: UInt32, after: String?, limit: Int) -> [String] {
    let listed = snapshots.keys.filter { $0.kind == kind && !tombstones.contains($0) && $0.entity.utf8.isBehind(after) }
    return Array(listed.map(\.entity).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }
}

extension String.UTF8View {
  fileprivate func isBehind(_ other: String?) -> Bool { other.map { $0.utf8.lexicographicallyPrecedes(self) } ?? true }
}
