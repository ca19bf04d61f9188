// One shard's log and snapshots in memory: a pure value, the plainest reading of what `Store` says about them.
import TroupeCluster
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
  private var wakes: [EntityKey: Int64] = [:]
  private var consumers: [String: ConsumerOffset] = [:]

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

  func tail(from offset: Offset) throws(StoreError) -> [StoredRecord] { try records(from: max(offset, head.floor)) }

  func page(from offset: Offset, limit: Int) throws(StoreError) -> [StoredRecord] {
    guard offset >= head.kept else { throw .cutOff(head.kept) }
    return Array(try records(from: offset).prefix(limit))
  }

  private func records(from: Offset) throws(StoreError) -> [StoredRecord] {
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

  mutating func write(_ writes: [SnapshotWrite], floor: Offset, kept: Offset, fence: Fence) throws(StoreError) {
    try head.admitSnapshots(writes, floor: floor, kept: kept, fence: fence)
    if head.isOutdated(floor: floor) { return }
    for write in writes {
      let key = EntityKey(kind: write.kind, entity: write.entity)
      if let old = snapshots[key], old.offset > write.offset || (old.offset == write.offset && write.state != nil) { continue }
      snapshots[key] = write.state.map { Snapshot(offset: write.offset, state: $0) }
      wakes[key] = write.state == nil ? nil : write.wake
      if write.isTombstone { tombstones.insert(key) } else { tombstones.remove(key) }
    }
    head.raise(floor: floor, kept: kept)
    rows.removeAll { $0.end <= head.kept }
  }

  func snapshot(_ key: EntityKey) -> Snapshot? { snapshots[key] }

  func wakes(after: Wake?, before limit: Int64, count: Int) -> [Wake] {
    let due = wakes.map { Wake(at: $0.value, kind: $0.key.kind, entity: $0.key.entity) }
    return Array(due.filter { wake in wake.at < limit && (after.map { wake > $0 } ?? true) }.sorted().prefix(count))
  }

  func entities(kind: UInt32, after: String?, limit: Int) -> [String] {
    let listed = snapshots.keys.filter { $0.kind == kind && !tombstones.contains($0) && $0.entity.utf8.isBehind(after) }
    return Array(listed.map(\.entity).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit))
  }

  // MARK: Consumers

  var offsets: [ConsumerOffset] { consumers.values.sorted { $0.group.utf8.lexicographicallyPrecedes($1.group.utf8) } }

  mutating func write(_ offsets: [ConsumerOffset], fence: Fence) throws(StoreError) {
    guard head.fence == fence else { throw .staleFence(head) }
    for offset in offsets where offset.replaces(consumers[offset.group]) { consumers[offset.group] = offset }
  }

  // MARK: Moving

  func image(of shard: ShardID) throws(StoreError) -> ShardImage? {
    guard head.fence > Fence(0) else { return nil }
    let written = snapshots.map { key, snapshot in
      SnapshotWrite(
        kind: key.kind, entity: key.entity, offset: snapshot.offset, state: snapshot.state, isTombstone: tombstones.contains(key),
        wake: wakes[key])
    }
    let sorted = written.sorted {
      $0.kind != $1.kind ? $0.kind < $1.kind : $0.entity.utf8.lexicographicallyPrecedes($1.entity.utf8)
    }
    return ShardImage(shard: shard, head: head, records: try records(from: head.kept), snapshots: sorted, consumers: offsets)
  }

  init() {}

  init(_ image: ShardImage) throws(StoreError) {
    head = image.head
    for batch in image.batches {
      var writer = Writer()
      batch.encodeRecords(into: &writer)
      rows.append(Row(name: batch.name, end: batch.end, bytes: writer.bytes, count: batch.records.count))
    }
    for write in image.snapshots {
      let key = EntityKey(kind: write.kind, entity: write.entity)
      snapshots[key] = write.state.map { Snapshot(offset: write.offset, state: $0) }
      wakes[key] = write.wake
      if write.isTombstone { tombstones.insert(key) }
    }
    for offset in image.consumers { consumers[offset.group] = offset }
  }
}

extension String.UTF8View {
  fileprivate func isBehind(_ other: String?) -> Bool { other.map { $0.utf8.lexicographicallyPrecedes(self) } ?? true }
}
