// What stands in the golden stores: the same small history in each format, with what that format can hold.
import TroupeCluster
import TroupeJournal

/// Three shards: one with an owner, one that changed hands and was checkpointed, one that was only taken over.
enum GoldenStory {
  static let shardCount = 8
  static let shards: [ShardID] = [0, 3, 7]

  /// Never changes for a format that was released: its golden store was written with that version's code.
  static func write(format: Int64, to store: some Store) async throws {
    try await writeRegister(to: store)
    _ = try await store.raiseFence(7, writer: WriterID(0xA1))

    let calm = try await store.raiseFence(0, writer: WriterID(0xA1))
    try await append([0..<2, 2..<3, 3..<6], of: 0, calm, to: store)
    let two = [snapshot("alice", at: 2), snapshot("bob", at: 3)]
    try await store.writeSnapshots(two, shard: 0, floor: Offset(0), kept: Offset(0), fence: calm.fence)

    let first = try await store.raiseFence(3, writer: WriterID(0xA1))
    try await append([0..<1, 1..<4], of: 3, first, to: store)
    let second = try await store.raiseFence(3, writer: WriterID(0xB2))
    try await append([4..<9, 9..<10], of: 3, second, to: store)
    let deleted = SnapshotWrite(kind: 1, entity: "zoë", offset: Offset(6), state: [9, 9], isTombstone: format >= 2)
    let waking = SnapshotWrite(kind: 2, entity: "dora", offset: Offset(5), state: [], wake: format >= 3 ? 1_800_000_000_000 : nil)
    let kept = Offset(format >= 3 ? 4 : 5)
    try await store.writeSnapshots([deleted, waking], shard: 3, floor: Offset(5), kept: kept, fence: second.fence)

    guard format >= 3 else { return }
    let groups = [
      ConsumerOffset(group: "mail", generation: 1, offset: Offset(4)), ConsumerOffset(group: "search", generation: 0, offset: Offset(9)),
    ]
    try await store.writeConsumers(groups, shard: 3, fence: second.fence)
  }

  private static func writeRegister(to store: some Store) async throws {
    let one = Member(id: "a", incarnation: 7, addresses: ["127.0.0.1:7001", "127.0.0.1:7002"], zone: "z1", weight: 2, version: "1.0")
    let other = Member(id: "b", incarnation: 9, addresses: ["127.0.0.1:7011"], zone: "z2", version: "1.1")
    let view = View.first(cluster: "golden", shardCount: shardCount, member: one)
    _ = try await store.createCluster(view)
    _ = try await store.compareAndSet(try view.joining(other))
    for beat in [Beat(node: "a", incarnation: 7, counter: 3), Beat(node: "b", incarnation: 9, counter: 1)] {
      _ = try await store.beat(beat)
    }
  }

  private static func append(_ ranges: [Range<UInt64>], of shard: ShardID, _ head: Head, to store: some Store) async throws {
    for range in ranges {
      let batch = AppendBatch(
        shard: shard, fence: head.fence, writer: head.owner, batch: range.upperBound * 10, from: Offset(range.lowerBound),
        records: range.map(record))
      guard try await store.append([batch]) == [.appended(batch.end)] else { throw StoreError.invalid("the story does not hold") }
    }
  }

  private static func record(_ number: UInt64) -> Record {
    let turn = TurnRecord(
      call: CallID(caller: 0xC0FFEE, sequence: number), method: 4_711, argumentsHash: number &* 0x9E37_79B9_7F4A_7C15, status: 0,
      reply: [1, UInt8(number)], events: number.isMultiple(of: 3) ? [] : [[2, UInt8(number)], []], wallTime: 1_700_000_000_000,
      isDelete: number == 5)
    return Record(kind: number.isMultiple(of: 2) ? 1 : 2, entity: number.isMultiple(of: 2) ? "alice" : "zoë", turn: turn)
  }

  private static func snapshot(_ entity: String, at offset: UInt64) -> SnapshotWrite {
    SnapshotWrite(kind: 1, entity: entity, offset: Offset(offset), state: Array("the state of \(entity)".utf8))
  }
}
