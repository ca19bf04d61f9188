// One place of a shard's log: a batch, or the end of a fence, after which only the next fence's owner goes on. Whichever is written
// first keeps the place; so one conditional put is an append, and another one stops an owner for ever. Each item says all that a
// head says but the floor: the last one is the head.
import TroupeCluster
import TroupeJournal
import TroupeWire

struct LogItem: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case batch(count: Int, writer: WriterID, batch: UInt64, checksum: UInt64, Bulk)
    /// The next fence is `owner`'s. The last batch before it is named again; `nonce` is the attempt's that wrote it.
    case raise(owner: WriterID, nonce: UInt64, lastWriter: WriterID, lastBatch: UInt64, lastFrom: Offset)
  }

  let shard: ShardID
  let from: Offset
  /// Under which it was written; a raise ends it.
  let fence: Fence
  let content: Content

  var key: ItemKey { .log(shard, from, fence) }

  var end: Offset {
    guard case .batch(let count, _, _, _, _) = content else { return from }
    return from.advanced(by: count)
  }

  /// The fence behind it.
  var nextFence: Fence {
    guard case .raise = content else { return fence }
    return fence.next
  }

  var isRaise: Bool { nextFence != fence }

  func isBatch(_ name: BatchName) -> Bool {
    guard case .batch(_, let writer, let batch, _, _) = content else { return false }
    return from == name.from && fence == name.fence && writer == name.writer && batch == name.batch
  }

  /// What the shard's head is when this is the last item.
  func head(owner: WriterID, floor: Offset, kept: Offset) -> Head {
    switch content {
    case .batch(_, let writer, let batch, _, _):
      Head(
        fence: fence, owner: owner, end: end, floor: floor, kept: kept, lastWriter: writer, lastBatch: batch, lastFrom: from)
    case .raise(_, _, let lastWriter, let lastBatch, let lastFrom):
      Head(
        fence: fence.next, owner: owner, end: from, floor: floor, kept: kept, lastWriter: lastWriter, lastBatch: lastBatch,
        lastFrom: lastFrom)
    }
  }

  /// A batch's item and the bytes of its records.
  static func item(_ batch: AppendBatch, nonce: UInt64) -> (LogItem, records: [UInt8]) {
    var writer = Writer()
    batch.encodeRecords(into: &writer)
    let records = writer.bytes
    let bulk = Bulk(records, prefix: ItemKey.logParts(batch.from, batch.fence, nonce))
    let content = Content.batch(
      count: batch.records.count, writer: batch.writer, batch: batch.batch, checksum: Checksum.of(records.span.bytes), bulk)
    return (LogItem(shard: batch.shard, from: batch.from, fence: batch.fence, content: content), records)
  }

  /// The end of the head's fence.
  static func raise(_ head: Head, of shard: ShardID, for owner: WriterID, nonce: UInt64) -> LogItem {
    LogItem(
      shard: shard, from: head.end, fence: head.fence,
      content: .raise(owner: owner, nonce: nonce, lastWriter: head.lastWriter, lastBatch: head.lastBatch, lastFrom: head.lastFrom))
  }
}

extension LogItem {
  /// Of everything but the records, which have their own.
  private var checksum: UInt64 {
    let place = Checksum.of(numbers: UInt64(shard.value), from.value, fence.value)
    switch content {
    case .batch(let count, let writer, let batch, let records, let bulk):
      var named: UInt64 = 0
      if case .parts(let prefix, let pieces) = bulk { named = Checksum.of(prefix.utf8Span.span.bytes, seed: UInt64(pieces)) }
      return Checksum.of(numbers: place, UInt64(count), writer.value, batch, records, named)
    case .raise(let owner, let nonce, let lastWriter, let lastBatch, let lastFrom):
      return Checksum.of(numbers: place, owner.value, nonce, lastWriter.value, lastBatch, lastFrom.value)
    }
  }

  var item: Item {
    var attributes: [String: Attribute] = ["check": .number(checksum)]
    switch content {
    case .batch(let count, let writer, let batch, let records, let bulk):
      attributes["count"] = .number(count)
      attributes["writer"] = .number(writer.value)
      attributes["batch"] = .number(batch)
      attributes["recordsCheck"] = .number(records)
      attributes.merge(bulk.attributes) { first, _ in first }
    case .raise(let owner, let nonce, let lastWriter, let lastBatch, let lastFrom):
      attributes["owner"] = .number(owner.value)
      attributes["nonce"] = .number(nonce)
      attributes["lastWriter"] = .number(lastWriter.value)
      attributes["lastBatch"] = .number(lastBatch)
      attributes["lastFrom"] = .number(lastFrom.value)
    }
    return Item(key, attributes)
  }

  /// Throws `.corrupt`, naming it, when it is not as it was written. The records are checked by who reads them.
  init(_ item: Item, of shard: ShardID) throws(StoreError) {
    self.shard = shard
    let place = item.text("sk") ?? ""
    let numbers = place.split(separator: "#").compactMap { UInt64($0) }
    var content: Content?
    if let count: Int = item.number("count"), let writer: UInt64 = item.number("writer"), let batch: UInt64 = item.number("batch"),
      let records: UInt64 = item.number("recordsCheck"), let bulk = Bulk(item), (1...StoreLimits.batchRecords).contains(count)
    {
      content = .batch(count: count, writer: WriterID(writer), batch: batch, checksum: records, bulk)
    } else if let owner: UInt64 = item.number("owner"), let nonce: UInt64 = item.number("nonce"),
      let writer: UInt64 = item.number("lastWriter"), let batch: UInt64 = item.number("lastBatch"),
      let from: UInt64 = item.number("lastFrom")
    {
      content = .raise(
        owner: WriterID(owner), nonce: nonce, lastWriter: WriterID(writer), lastBatch: batch, lastFrom: Offset(from))
    }
    guard let content, numbers.count == 2 else { throw .corrupt("the item \(place) of shard \(shard)'s log cannot be read") }
    (from, fence, self.content) = (Offset(numbers[0]), Fence(numbers[1]), content)
    guard item.number("check") == checksum else {
      throw .corrupt("the item \(place) of shard \(shard)'s log: its checksum does not match")
    }
  }

  /// The records at or behind `floor`. Throws `.corrupt` when the bytes are not what was written.
  func records(_ bytes: [UInt8], from floor: Offset, _ body: (StoredRecord) -> Void) throws(StoreError) {
    guard case .batch(let count, _, _, let checksum, _) = content else { return }
    guard Checksum.of(bytes.span.bytes) == checksum else {
      throw .corrupt("the batch at \(from) of shard \(shard): its checksum does not match its bytes")
    }
    do throws(WireError) {
      try StoredRecord.decode(bytes.span.bytes, first: from, count: count, from: floor, body)
    } catch {
      throw .corrupt("shard \(shard), offset \(from): \(error)")
    }
  }
}
