// Heads and appends. The log's last item decides who may write: it is put where nothing stands, or not at all.
import TroupeAWS
import TroupeCluster
import TroupeJournal

struct ShardLog: Sendable {
  let table: Table
  let memory: ShardMemory

  /// Times that a decision is made anew because somebody else changed the shard meanwhile.
  static let rounds = 32

  // MARK: The head

  /// As it is now; nil when the fence was never raised.
  func state(_ shard: ShardID, _ budget: inout Budget) async throws(StoreError) -> ShardState? {
    for _ in 0..<Self.rounds {
      guard let item = try await table.get(.shard(shard), &budget) else { return nil }
      let own = try ShardItem(item, of: shard)
      guard let last = try await last(shard, &budget) else {
        throw .corrupt("the log of shard \(shard), whose fence is \(own.fence), is empty")
      }
      // Two reads: somebody may have raised the fence in between.
      if last.nextFence == own.fence {
        let state = ShardState(shard: own, head: last.head(owner: own.owner, floor: own.floor, kept: own.kept))
        memory[shard] = state
        return state
      }
      guard last.nextFence > own.fence else {
        throw .corrupt("the log of shard \(shard) ends under fence \(last.nextFence), the shard's is \(own.fence)")
      }
    }
    throw .unavailable("\(budget.what): the shard changes hands all the time")
  }

  func last(_ shard: ShardID, upTo offset: Offset? = nil, _ budget: inout Budget) async throws(StoreError) -> LogItem? {
    var found: LogItem?
    let query = Table.Query(
      partition: ItemKey.logPartition(shard), first: "0", last: offset.map { ItemKey.padded($0.value) + "#~" } ?? "~",
      isAscending: false, limit: 1)
    try await table.query(query, &budget) { (item) throws(StoreError) in
      found = try LogItem(item, of: shard)
      return false
    }
    return found
  }

  // MARK: Appending

  func append(_ batch: AppendBatch, _ budget: inout Budget) async throws(StoreError) -> AppendOutcome {
    var state = memory[batch.shard]
    var isFresh = false
    for _ in 0..<Self.rounds {
      switch state?.head.verdict(on: batch) {
      case .append?:
        if let outcome = try await put(batch, &budget) { return outcome }
      case .duplicate? where isFresh: return .appended(batch.end)
      case .conflict? where isFresh: return .conflict(state?.head ?? .empty)
      default: break
      }
      if isFresh && state == nil { return .conflict(.empty) }
      state = try await self.state(batch.shard, &budget)
      isFresh = true
    }
    throw budget.end("the shard changes all the time")
  }

  /// Nil when something else has taken the place: what was remembered is not so any more.
  private func put(_ batch: AppendBatch, _ budget: inout Budget) async throws(StoreError) -> AppendOutcome? {
    let (entry, records) = LogItem.item(batch, nonce: SystemTime.random())
    guard case .batch(_, _, _, _, let bulk) = entry.content else { return nil }
    let parts = bulk.items(of: records, in: batch.shard)
    if !parts.isEmpty { try await write(parts, &budget) }
    switch try await table.put(entry.item, if: .isAbsent, &budget) {
    case .done: break
    case .refused(let item):
      if item != nil { budget.settle() }
      guard let item, try LogItem(item, of: batch.shard).isBatch(batch.name) else { return nil }
    // An attempt before, whose answer was lost, or the same batch sent twice.
    }
    memory.change(batch.shard, at: batch.fence) { if $0.head.end == batch.from { $0.head.take(batch) } }
    return .appended(batch.end)
  }

  /// Parts at once: nothing names them yet.
  func write(_ parts: [Item], _ budget: inout Budget) async throws(StoreError) {
    for part in parts { _ = try await table.put(part, if: nil, &budget, isEffect: false) }
  }

  // MARK: Taking over

  func raiseFence(_ shard: ShardID, writer: WriterID, _ budget: inout Budget) async throws(StoreError) -> Head {
    let nonce = SystemTime.random()
    for _ in 0..<Self.rounds {
      let state = try await state(shard, &budget)
      let (own, head) = (state?.shard ?? .empty, state?.head ?? .empty)
      var raised = head
      raised.raise(for: writer)
      let next = own.next(nonce) { ($0.fence, $0.owner) = (raised.fence, writer) }
      let entry = LogItem.raise(head, of: shard, for: writer, nonce: nonce)
      let condition: Condition = state == nil ? .isAbsent : .equals("version", .number(own.version))
      let outcome = try await table.commit([.put(entry.item, .isAbsent), .put(next.item(of: shard), condition)], &budget)
      var isMine = false
      if case .refused(let refusals) = outcome {
        // The place is taken for good: by an attempt before this one, or by what is to be reckoned with now.
        if let item = refusals[0]?.item {
          isMine = try LogItem(item, of: shard) == entry
          budget.settle()
        }
        guard isMine else { continue }
      }
      memory[shard] = ShardState(shard: next, head: raised)
      return raised
    }
    throw budget.end("the shard changes all the time")
  }

  func settle(_ batch: BatchName, _ budget: inout Budget) async throws(StoreError) -> SettleOutcome {
    guard let state = try await state(batch.shard, &budget), state.head.fence > batch.fence else { return .stillOpen }
    guard state.head.end > batch.from else { return .absent }
    var isThere = false
    var outcome = SettleOutcome.absent
    let place = ItemKey.padded(batch.from.value)
    let query = Table.Query(partition: ItemKey.logPartition(batch.shard), first: place + "#", last: place + "#~")
    try await table.query(query, &budget) { (item) throws(StoreError) in
      let found = try LogItem(item, of: batch.shard)
      if !found.isRaise { isThere = true }
      if found.isBatch(batch) { outcome = .landed }
      return true
    }
    return isThere || batch.from >= state.head.floor ? outcome : .forgotten
  }
}
