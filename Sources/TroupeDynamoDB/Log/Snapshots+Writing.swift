// Writing a checkpoint: transactions that hold while the fence does. The floor goes with the last of them, so what a crash between
// two leaves is newer snapshots above an old floor, which recovery is made for.
import TroupeAWS
import TroupeCluster
import TroupeJournal

extension Snapshots {
  func write(
    _ writes: [SnapshotWrite], shard: ShardID, floor: Offset, kept: Offset, fence: Fence, _ budget: inout Budget
  ) async throws(StoreError) {
    let table = log.table
    let nonce = SystemTime.random()
    var waiting = try await prepare(writes, shard: shard, nonce: nonce, &budget)
    var state = log.memory[shard]
    var isFresh = false
    for _ in 0..<ShardLog.rounds + waiting.count {
      do throws(StoreError) {
        try (state?.head ?? .empty).admitSnapshots(writes, floor: floor, kept: kept, fence: fence)
      } catch {
        guard !isFresh else { throw error }
        state = try await log.state(shard, &budget)
        isFresh = true
        continue
      }
      // One that arrives after the look is told apart by its fence alone: it is as late as a transaction may be.
      if state?.head.isOutdated(floor: floor) == true { return }
      let own = state?.shard ?? .empty
      let group = Self.group(waiting)
      let isLast = group.count == waiting.count
      var guardian = Change.check(.shard(shard), .equals("fence", .number(fence.value)))
      let next = own.next(nonce) { ($0.floor, $0.kept) = (max($0.floor, floor), max($0.kept, kept)) }
      if isLast && (next.floor, next.kept) != (own.floor, own.kept) {
        guardian = .put(next.item(of: shard), .equals("version", .number(own.version)))
      }
      let outcome = try await table.commit([guardian] + group.map(\.change), &budget)
      if case .refused(let refusals) = outcome {
        if let refusal = refusals[0] {
          let there = try refusal.item.map { (item) throws(StoreError) in try ShardItem(item, of: shard) }
          // Unless it was an attempt of ours whose answer was lost, the shard has changed.
          if there?.nonce != nonce || there?.version != next.version {
            state = try await log.state(shard, &budget)
            isFresh = true
            budget.settle()
            continue
          }
        } else {
          // Newer ones are there already: those of ours change nothing.
          var stale = Set<ItemKey>()
          for (write, refusal) in zip(group, refusals.dropFirst()) where refusal != nil { stale.insert(write.key) }
          waiting.removeAll { stale.contains($0.key) }
          continue
        }
      }
      if isLast {
        log.memory.change(shard, at: fence) { state in
          if case .put = guardian { state.shard = next }
          state.head.raise(floor: floor, kept: kept)
        }
        return
      }
      waiting.removeFirst(group.count)
    }
    throw budget.end("the shard changes all the time")
  }

  struct Prepared {
    let key: ItemKey
    let change: Change
  }

  /// The newest write of each entity, with the parts of the large ones written already.
  private func prepare(
    _ writes: [SnapshotWrite], shard: ShardID, nonce: UInt64, _ budget: inout Budget
  ) async throws(StoreError) -> [Prepared] {
    var newest: [ItemKey: SnapshotWrite] = [:]
    var order: [ItemKey] = []
    for write in writes {
      guard write.entity.utf8.count <= ItemKey.entityLimit else {
        throw .invalid("an entity's id has at most \(ItemKey.entityLimit) bytes here, this one has \(write.entity.utf8.count)")
      }
      let key = ItemKey.snapshot(shard, kind: write.kind, entity: write.entity)
      guard let old = newest[key] else {
        newest[key] = write
        order.append(key)
        continue
      }
      if write.offset > old.offset || (write.offset == old.offset && write.state == nil) { newest[key] = write }
    }
    var prepared: [Prepared] = []
    for key in order {
      guard let write = newest[key] else { continue }
      let offset = Attribute.number(write.offset.value)
      guard let item = SnapshotItem.item(write, of: shard, nonce: nonce), let state = write.state else {
        prepared.append(Prepared(key: key, change: .remove(key, .isNotAbove("offset", offset))))
        continue
      }
      try await log.write(item.bulk.items(of: state, in: shard), &budget)
      prepared.append(Prepared(key: key, change: .put(item.item, .isBelow("offset", offset))))
    }
    return prepared
  }

  /// As many as one transaction takes, beside its guardian.
  private static func group(_ waiting: [Prepared]) -> [Prepared] {
    var bytes = 0
    let count = waiting.prefix(Table.transactionChanges - 1).prefix { write in
      bytes += write.change.bytes
      return bytes <= Table.transactionBytes
    }.count
    return Array(waiting.prefix(max(count, min(1, waiting.count))))
  }

  // MARK: Consumers

  func write(_ offsets: [ConsumerOffset], shard: ShardID, fence: Fence, _ budget: inout Budget) async throws(StoreError) {
    let nonce = SystemTime.random()
    var state = log.memory[shard]
    var isFresh = false
    for _ in 0..<ShardLog.rounds {
      if let current = state, current.head.fence == fence {
        let next = current.shard.next(nonce) { item in
          for offset in offsets where offset.replaces(item.consumers[offset.group]) { item.consumers[offset.group] = offset }
        }
        if isFresh && next.consumers == current.shard.consumers { return }
        let condition = Condition.equals("version", .number(current.shard.version))
        switch try await log.table.put(next.item(of: shard), if: condition, &budget) {
        case .done:
          return log.memory.change(shard, at: fence) { $0.shard = next }
        case .refused(let item):
          budget.settle()
          // An attempt of ours whose answer was lost.
          if let item, try ShardItem(item, of: shard).nonce == nonce { return }
        }
      } else if isFresh {
        throw .staleFence(state?.head ?? .empty)
      }
      state = try await log.state(shard, &budget)
      isFresh = true
    }
    throw budget.end("the shard changes all the time")
  }
}
