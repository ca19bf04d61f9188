// An entity's snapshot as an item. `due`, which only those have that want to be woken, is the key of the index `wakes`.
import TroupeCluster
import TroupeJournal

struct SnapshotItem: Hashable, Sendable {
  let shard: ShardID
  let kind: UInt32
  let entity: String
  let offset: Offset
  let isTombstone: Bool
  let wake: Int64?
  /// Of the state's bytes.
  let stateChecksum: UInt64
  let bulk: Bulk

  var key: ItemKey { .snapshot(shard, kind: kind, entity: entity) }

  /// Nil for a removal. With the state's bytes.
  static func item(_ write: SnapshotWrite, of shard: ShardID, nonce: UInt64) -> SnapshotItem? {
    guard let state = write.state else { return nil }
    let bulk = Bulk(state, prefix: ItemKey.snapshotParts(kind: write.kind, entity: write.entity, write.offset, nonce))
    return SnapshotItem(
      shard: shard, kind: write.kind, entity: write.entity, offset: write.offset, isTombstone: write.isTombstone, wake: write.wake,
      stateChecksum: Checksum.of(state.span.bytes), bulk: bulk)
  }

  func write(_ state: [UInt8]) -> SnapshotWrite {
    SnapshotWrite(kind: kind, entity: entity, offset: offset, state: state, isTombstone: isTombstone, wake: wake)
  }

  private var checksum: UInt64 {
    let place = Checksum.of(
      numbers: UInt64(shard.value), UInt64(kind), offset.value, isTombstone ? 1 : 0, wake == nil ? 0 : 1,
      UInt64(bitPattern: wake ?? 0), stateChecksum)
    return Checksum.of(entity.utf8Span.span.bytes, seed: place)
  }

  var item: Item {
    var attributes = bulk.attributes
    attributes["offset"] = .number(offset.value)
    attributes["stateCheck"] = .number(stateChecksum)
    attributes["check"] = .number(checksum)
    if isTombstone { attributes["tombstone"] = .number(1) }
    if let wake { attributes["due"] = .text(ItemKey.due(Wake(at: wake, kind: kind, entity: entity))) }
    return Item(key, attributes)
  }

  /// Throws `.corrupt`, naming it, when it is not as it was written.
  init(_ item: Item, of shard: ShardID) throws(StoreError) {
    let place = item.text("sk") ?? ""
    guard let kind = UInt32(place.prefix(8), radix: 16), place.dropFirst(8).first == "#",
      let offset: UInt64 = item.number("offset"), let stateCheck: UInt64 = item.number("stateCheck"), let bulk = Bulk(item)
    else { throw .corrupt("the snapshot \(place) of shard \(shard) cannot be read") }
    let due = item.text("due")
    let wake = due.flatMap(ItemKey.wake)
    self.init(
      shard: shard, kind: kind, entity: String(place.dropFirst(9)), offset: Offset(offset),
      isTombstone: item.attributes["tombstone"] != nil, wake: wake?.at, stateChecksum: stateCheck, bulk: bulk)
    guard item.number("check") == checksum, (due == nil) == (wake == nil) else {
      throw .corrupt("the snapshot of \(entity) (kind \(kind), shard \(shard)): its checksum does not match")
    }
  }

  func check(_ state: [UInt8]) throws(StoreError) {
    guard Checksum.of(state.span.bytes) == stateChecksum else {
      throw .corrupt("the snapshot of \(entity) (kind \(kind), shard \(shard)): its checksum does not match its bytes")
    }
  }

  init(
    shard: ShardID, kind: UInt32, entity: String, offset: Offset, isTombstone: Bool, wake: Int64?, stateChecksum: UInt64, bulk: Bulk
  ) {
    (self.shard, self.kind, self.entity, self.offset) = (shard, kind, entity, offset)
    (self.isTombstone, self.wake, self.stateChecksum, self.bulk) = (isTombstone, wake, stateChecksum, bulk)
  }
}
