// Where each thing stands: the partition and, within it, the place in order. The reasons are in docs/adr/0016.
import TroupeCluster
import TroupeJournal

struct ItemKey: Hashable, Sendable {
  let partition: String
  /// Ordered by its UTF-8 bytes: numbers are padded to one width.
  let sort: String

  init(_ partition: String, _ sort: String) {
    self.partition = partition
    self.sort = sort
  }

  // MARK: The cluster

  static let format = ItemKey("format", "format")
  static let register = ItemKey("register", "register")
  /// Apart from the register, which is larger: beats are written many times a second.
  static let beats = ItemKey("beats", "beats")

  // MARK: Shards

  static func shard(_ shard: ShardID) -> ItemKey { ItemKey("shard#\(shard)", "shard") }

  static func logPartition(_ shard: ShardID) -> String { "log#\(shard)" }

  /// The place behind everything before `offset` under a fence: one batch can take it, or the next fence.
  static func log(_ shard: ShardID, _ offset: Offset, _ fence: Fence) -> ItemKey {
    ItemKey(logPartition(shard), padded(offset.value) + "#" + padded(fence.value))
  }

  static func snapshotPartition(_ shard: ShardID) -> String { "snap#\(shard)" }

  static func kindPrefix(_ kind: UInt32) -> String { hex(UInt64(kind), 8) + "#" }

  static func snapshot(_ shard: ShardID, kind: UInt32, entity: String) -> ItemKey {
    ItemKey(snapshotPartition(shard), kindPrefix(kind) + entity)
  }

  static func partPartition(_ shard: ShardID) -> String { "part#\(shard)" }

  static func part(_ shard: ShardID, _ prefix: String, _ index: Int) -> ItemKey {
    ItemKey(partPartition(shard), prefix + hex(UInt64(index), 4))
  }

  /// Of a batch that is too large for one item. The nonce keeps two attempts apart.
  static func logParts(_ offset: Offset, _ fence: Fence, _ nonce: UInt64) -> String {
    "log#\(padded(offset.value))#\(padded(fence.value))#\(hex(nonce, 16))#"
  }

  /// The parts of all of an entity's snapshots. The length ends the id: no id is another's beginning.
  static func snapshotParts(kind: UInt32, entity: String) -> String { "snap#\(hex(UInt64(kind), 8))#\(entity.utf8.count)#\(entity)#" }

  static func snapshotParts(kind: UInt32, entity: String, _ offset: Offset, _ nonce: UInt64) -> String {
    snapshotParts(kind: kind, entity: entity) + "\(padded(offset.value))#\(hex(nonce, 16))#"
  }

  // MARK: The order of wakes

  /// Ordered as `Wake` is: by time, kind, and the id's bytes.
  static func due(_ wake: Wake) -> String { due(wake.at) + "#" + hex(UInt64(wake.kind), 8) + "#" + wake.entity }

  /// Before all wakes of this time.
  static func due(_ at: Int64) -> String { hex(UInt64(bitPattern: at) ^ (1 << 63), 16) }

  static func wake(_ due: String) -> Wake? {
    let parts = due.split(separator: "#", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let at = UInt64(parts[0], radix: 16), let kind = UInt32(parts[1], radix: 16) else { return nil }
    return Wake(at: Int64(bitPattern: at ^ (1 << 63)), kind: kind, entity: String(parts[2]))
  }

  /// An entity's id within a key: DynamoDB takes 1,024 bytes of a sort key, and a part's key needs 80 for itself.
  static let entityLimit = 900

  static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.utf8.count) + digits
  }

  static func hex(_ number: UInt64, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension ItemKey: CustomStringConvertible {
  var description: String { "\(partition) / \(sort)" }
}
