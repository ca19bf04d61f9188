// What changes of a shard in place: its fence once more, so that snapshots can be conditional on it, its floor, and its consumers.
// Changed only as a whole, from one version to the next.
import TroupeCluster
import TroupeJournal

struct ShardItem: Hashable, Sendable {
  var version: UInt64
  /// Of the attempt that wrote this version: who got no answer finds out here whether it was his.
  var nonce: UInt64
  var fence: Fence
  var owner: WriterID
  var floor: Offset
  var kept: Offset
  /// By group.
  var consumers: [String: ConsumerOffset]

  static let empty = ShardItem(
    version: 0, nonce: 0, fence: Fence(0), owner: WriterID(0), floor: Offset(0), kept: Offset(0), consumers: [:])

  var offsets: [ConsumerOffset] { consumers.values.sorted { $0.group.utf8.lexicographicallyPrecedes($1.group.utf8) } }

  func next(_ nonce: UInt64, _ change: (inout ShardItem) -> Void) -> ShardItem {
    var next = self
    next.version += 1
    next.nonce = nonce
    change(&next)
    return next
  }

  private func checksum(of shard: ShardID) -> UInt64 {
    var sum = Checksum.of(numbers: UInt64(shard.value), version, nonce, fence.value, owner.value, floor.value, kept.value)
    for group in offsets {
      sum = Checksum.of(group.group.utf8Span.span.bytes, seed: Checksum.of(numbers: sum, UInt64(group.generation), group.offset.value))
    }
    return sum
  }

  func item(of shard: ShardID) -> Item {
    Item(
      .shard(shard),
      [
        "version": .number(version), "nonce": .number(nonce), "fence": .number(fence.value), "owner": .number(owner.value),
        "floor": .number(floor.value), "kept": .number(kept.value), "check": .number(checksum(of: shard)),
        "consumers": .texts(consumers.mapValues { "\($0.generation):\($0.offset)" }),
      ])
  }

  /// Throws `.corrupt` when it is not as it was written.
  init(_ item: Item, of shard: ShardID) throws(StoreError) {
    guard let version: UInt64 = item.number("version"), let nonce: UInt64 = item.number("nonce"), let fence: UInt64 = item.number("fence"),
      let owner: UInt64 = item.number("owner"), let floor: UInt64 = item.number("floor"), let kept: UInt64 = item.number("kept"),
      case .texts(let texts)? = item.attributes["consumers"]
    else { throw .corrupt("the item of shard \(shard) cannot be read") }
    var consumers: [String: ConsumerOffset] = [:]
    for (group, text) in texts {
      let numbers = text.split(separator: ":").compactMap { UInt64($0) }
      guard numbers.count == 2, let generation = UInt32(exactly: numbers[0]) else {
        throw .corrupt("the item of shard \(shard): its consumer \(group) cannot be read")
      }
      consumers[group] = ConsumerOffset(group: group, generation: generation, offset: Offset(numbers[1]))
    }
    self.init(
      version: version, nonce: nonce, fence: Fence(fence), owner: WriterID(owner), floor: Offset(floor), kept: Offset(kept),
      consumers: consumers)
    guard item.number("check") == checksum(of: shard) else {
      throw .corrupt("the item of shard \(shard): its checksum does not match")
    }
  }

  init(
    version: UInt64, nonce: UInt64, fence: Fence, owner: WriterID, floor: Offset, kept: Offset, consumers: [String: ConsumerOffset]
  ) {
    (self.version, self.nonce, self.fence, self.owner) = (version, nonce, fence, owner)
    (self.floor, self.kept, self.consumers) = (floor, kept, consumers)
  }
}
