// Items and what they stand for: read as they were written, and named when they were not.
import Testing
import TroupeCluster
import TroupeJSON
import TroupeJournal

@testable import TroupeDynamoDB

@Suite struct ItemTests {
  private func throughJSON(_ item: Item) throws -> Item {
    try #require(Item(try JSONValue(parsing: item.json.bytes, limits: JSONLimits(bytes: 1 << 25))))
  }

  private static let batch = AppendBatch(
    shard: 7, fence: Fence(.max), writer: WriterID(.max), batch: .max, from: Offset(5),
    records: [Record(kind: 1, entity: "ünïcode", turn: .sample(1)), Record(kind: 2, entity: "b", turn: .sample(2))])

  @Test func aBatchIsReadAsItWasWritten() throws {
    let (entry, records) = LogItem.item(Self.batch, nonce: 1)
    let read = try LogItem(try throughJSON(entry.item), of: 7)
    #expect(read == entry && read.end == Offset(7) && read.nextFence == Fence(.max) && read.isBatch(Self.batch.name))
    var found: [StoredRecord] = []
    try read.records(records, from: Offset(6)) { found.append($0) }
    #expect(found.map(\.offset.value) == [6] && found[0].turn == .sample(2))
  }

  @Test func aRaiseCarriesTheHead() throws {
    let head = Head(
      fence: Fence(3), owner: WriterID(1), end: Offset(9), floor: Offset(4), kept: Offset(2), lastWriter: WriterID(8), lastBatch: 6,
      lastFrom: Offset(7))
    let entry = LogItem.raise(head, of: 7, for: WriterID(2), nonce: 5)
    let read = try LogItem(try throughJSON(entry.item), of: 7)
    var raised = head
    raised.raise(for: WriterID(2))
    #expect(read == entry && read.head(owner: WriterID(2), floor: Offset(4), kept: Offset(2)) == raised)
  }

  @Test func aShardIsReadAsItWasWritten() throws {
    let shard = ShardItem(
      version: 4, nonce: .max, fence: Fence(3), owner: WriterID(.max), floor: Offset(9), kept: Offset(8),
      consumers: ["ünï#:": ConsumerOffset(group: "ünï#:", generation: .max, offset: Offset(.max))])
    #expect(try ShardItem(try throughJSON(shard.item(of: 7)), of: 7) == shard)
  }

  @Test(arguments: [nil, Int64.min, -1, 0, .max])
  func aSnapshotIsReadAsItWasWritten(_ wake: Int64?) throws {
    let write = SnapshotWrite(kind: .max, entity: "a#b", offset: Offset(9), state: [1, 2], isTombstone: wake == nil, wake: wake)
    let item = try #require(SnapshotItem.item(write, of: 7, nonce: 3))
    let read = try SnapshotItem(try throughJSON(item.item), of: 7)
    #expect(read == item && read.write([1, 2]) == write)
    try read.check([1, 2])
    #expect(throws: StoreError.self) { try read.check([1, 3]) }
  }

  @Test func wakesAreOrderedAsTheirKeys() {
    let wakes = [
      Wake(at: .min, kind: 9, entity: "z"), Wake(at: -1, kind: 0, entity: ""), Wake(at: 0, kind: 1, entity: "a#"),
      Wake(at: 0, kind: 1, entity: "b"), Wake(at: 0, kind: 16, entity: "a"), Wake(at: .max, kind: 0, entity: "é"),
    ]
    let keys = wakes.map(ItemKey.due)
    #expect(wakes == wakes.sorted() && keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(keys.map(ItemKey.wake) == wakes)
    #expect(keys[2] > ItemKey.due(0) && keys[1] < ItemKey.due(0))
  }

  @Test func beatsAreReadInOrder() throws {
    let view = View.first(cluster: "c", member: Member(id: "b#1", incarnation: 16, addresses: ["h:1"]))
    let next = try view.joining(Member(id: "a", incarnation: 1, addresses: ["h:2"]))
    var item = BeatsItem.first(next)
    #expect(try BeatsItem(item).beats.isEmpty && BeatsItem(item).epoch == next.epoch)
    item.attributes[BeatsItem.attribute(IncarnationName("b#1", 16))] = .number(UInt64.max)
    item.attributes[BeatsItem.attribute(IncarnationName("a", 1))] = .number(0)
    let found = try BeatsItem(try throughJSON(item))
    #expect(found.beats == [Beat(node: "a", incarnation: 1, counter: 0), Beat(node: "b#1", incarnation: 16, counter: .max)])
    #expect(found.lists(Beat(node: "a", incarnation: 1, counter: 5)) && !found.lists(Beat(node: "a", incarnation: 2, counter: 5)))
  }

  @Test func everyAttributeThatChangesIsFound() throws {
    let items: [(Item, (Item) throws -> Void)] = [
      (LogItem.item(Self.batch, nonce: 1).0.item, { _ = try LogItem($0, of: 7) }),
      (LogItem.raise(.empty, of: 7, for: WriterID(2), nonce: 5).item, { _ = try LogItem($0, of: 7) }),
      (ShardItem.empty.item(of: 7), { _ = try ShardItem($0, of: 7) }),
      (
        try #require(SnapshotItem.item(SnapshotWrite(kind: 1, entity: "a", offset: Offset(1), state: [1]), of: 7, nonce: 1)).item,
        { _ = try SnapshotItem($0, of: 7) }
      ),
      (
        try RegisterItem(view: View.first(cluster: "c", member: Member(id: "a", incarnation: 1, addresses: ["h:1"])), nonce: 3).item(),
        { _ = try RegisterItem($0) }
      ),
    ]
    for (item, read) in items {
      try read(item)
      for (name, value) in item.attributes {
        // The bytes of records and states have a checksum of their own; the register's partition is nobody's but its.
        if name == "pk" || name == "body" || (name == "sk" && item.key == .register) { continue }
        if name == "sk" && item.key?.partition == "shard#7" { continue }
        var damaged = item
        switch value {
        case .number(let digits): damaged.attributes[name] = .number(digits == "1" ? "2" : "1")
        case .text(let text): damaged.attributes[name] = .text(String(text.dropLast()) + "8")
        case .bytes(let bytes): damaged.attributes[name] = .bytes([bytes[0] ^ 1] + bytes.dropFirst())
        case .texts: damaged.attributes[name] = .texts(["x": "1:1"])
        }
        #expect(throws: StoreError.self, "\(item.key?.description ?? ""): \(name)") { try read(damaged) }
        var missing = item
        missing.attributes[name] = nil
        #expect(throws: StoreError.self, "\(item.key?.description ?? "") without \(name)") { try read(missing) }
      }
    }
  }

  @Test func partsAreNamedByTheirKeys() throws {
    let prefix = ItemKey.snapshotParts(kind: 255, entity: "a#ünï", Offset(12), .max)
    let key = ItemKey.part(7, prefix, 3)
    let part = try #require(SnapshotPart(key.sort))
    #expect(part.prefix == prefix && part.kind == 255 && part.entity == "a#ünï" && part.offset == Offset(12))
    #expect(SnapshotPart(String(key.sort.dropLast())) == nil && SnapshotPart("log#1") == nil)
    let longest = ItemKey.snapshotParts(kind: .max, entity: String(repeating: "x", count: ItemKey.entityLimit), Offset(.max), .max)
    #expect(ItemKey.part(7, longest, 0).sort.utf8.count <= 1_024)
  }
}
