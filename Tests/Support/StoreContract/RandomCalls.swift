// Random calls for comparing two stores.
import Testing
import TroupeCluster
public import TroupeJournal

/// Mostly what a good owner does, now and then what a stale or a broken one does.
public struct RandomCalls {
  /// Runs calls on the store in memory, which is the plainest reading of the contract, and on another: each answer must be the same.
  /// A seed repeats a failure.
  public static func compare(_ store: some Store, seed: Int, steps: Int) async throws {
    let model = MemoryStore()
    var calls = RandomCalls(seed: UInt64(seed))
    for step in 0..<steps {
      let heads = [try await model.readHead(0), try await model.readHead(1), try await model.readHead(2)]
      let call = calls.next(knowing: heads.map { $0 ?? .empty })
      let (expected, answer) = (await call.run(on: model), await call.run(on: store))
      try #require(answer == expected, "seed \(seed), step \(step): \(call)")
    }
  }

  private var state: UInt64
  private var heads: [Head] = []
  private var sent: [AppendBatch] = []

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  /// SplitMix64.
  private mutating func random(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ value >> 31) % UInt64(bound))
  }

  private mutating func entity() -> String { ["a", "b", "ba", "é"][random(4)] }

  /// `heads`: of the three shards that it plays with.
  mutating func next(knowing heads: [Head]) -> StoreCall {
    self.heads = heads
    let index = random(3), shard = ShardID(index)
    switch random(25) {
    case 0...5: return .append([batch(index)] + (random(3) == 0 ? [batch((index + 1) % 3)] : []))
    case 6: return .raise(shard, WriterID(UInt64(random(3)) + 1))
    case 7 where !sent.isEmpty: return .append([sent[sent.count - 1 - random(min(4, sent.count))]])
    case 8 where !sent.isEmpty, 9 where !sent.isEmpty: return .settle(sent[sent.count - 1 - random(min(8, sent.count))].name)
    case 10...12:
      let writes = (0..<random(3)).map { _ in
        SnapshotWrite(
          kind: 1, entity: entity(), offset: near(index), state: random(4) == 0 ? nil : [UInt8(random(9))],
          wake: random(2) == 0 ? nil : Int64(random(9)))
      }
      let (one, other) = (near(index), near(index))
      return .snapshots(writes, shard, floor: max(one, other), kept: min(one, other), fence(index))
    case 13...15: return .snapshot(shard, entity())
    case 16: return .entities(shard)
    case 17: return .log(shard, entity())
    case 18: return .head(shard)
    case 19: return .page(shard, near(index))
    case 20: return .wakes(shard, random(2) == 0 ? nil : Wake(at: Int64(random(9)), kind: 1, entity: entity()))
    case 21:
      let offsets = (0...random(2)).map { _ in
        ConsumerOffset(group: entity(), generation: UInt32(random(2)), offset: near(index))
      }
      return .consumers(offsets, shard, fence(index))
    case 22: return .offsets(shard)
    case 23: return .image(shard)
    default: return .tail(shard, near(index))
    }
  }

  /// Mostly the right one.
  private mutating func fence(_ index: Int) -> Fence { Fence(heads[index].fence.value + (random(8) == 0 ? 1 : 0)) }

  /// Up to forty before the end, now and then behind it.
  private mutating func near(_ index: Int) -> Offset {
    let end = heads[index].end.value + (random(10) == 0 ? 1 : 0)
    return Offset(end - UInt64(min(Int(end), random(41))))
  }

  private mutating func batch(_ index: Int) -> AppendBatch {
    let head = heads[index], wrong = random(12)
    let records = (0...random(3)).map { Record(kind: 1, entity: entity(), turn: .sample(UInt64(sent.count * 10 + $0))) }
    let batch = AppendBatch(
      shard: ShardID(index), fence: wrong == 0 ? head.fence.next : head.fence,
      writer: wrong == 1 ? WriterID(head.owner.value + 1) : head.owner, batch: UInt64(sent.count + 1),
      from: head.end.advanced(by: wrong == 2 ? 1 : 0), records: records)
    sent.append(batch)
    return batch
  }
}
