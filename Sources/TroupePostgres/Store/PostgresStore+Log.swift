// The shards' logs: appends, fences, tails.
public import TroupeCluster
public import TroupeJournal
import TroupeNet

extension PostgresStore {
  // MARK: Writing

  public nonisolated(nonsending) func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    for batch in batches { try batch.validate() }
    guard !batches.isEmpty else { return [] }
    let what = "an append of \(batches.count) batches"
    let admitted = try await withUnsafeContinuation { waiter in
      loop.deliver(
        StoreCall(what, on: writer, within: limit, isWrite: true, weight: batches.count, batches: batches, waiter: waiter) { Array($1) })
    }.get()
    let refused = Set(zip(batches, admitted).filter { !$0.1 }.map(\.0.shard))
    let heads = refused.isEmpty ? [:] : await heads(of: refused)
    return zip(batches, admitted).map { batch, isAdmitted in
      if isAdmitted { return .appended(batch.end) }
      let head = heads[batch.shard] ?? .empty
      return head.verdict(on: batch) == .duplicate ? .appended(head.end) : .conflict(head)
    }
  }

  /// After batches were refused. A head that cannot be read is a conflict too: the others' outcomes are not lost for it, and who raises
  /// the fence hears why.
  private nonisolated(nonsending) func heads(of shards: Set<ShardID>) async -> [ShardID: Head] {
    let shards = shards.sorted()
    let found = try? await ask("heads after a conflict", on: reader, within: limit, shards.map(LogStatements.head)) { rows in
      zip(shards, rows).map { shard, rows in (shard, (try? HeadRow.read(rows, of: shard)) ?? .empty) }
    }
    return Dictionary(uniqueKeysWithValues: found ?? [])
  }

  /// Against others who move the same head meanwhile: an owner of before who goes on appending must not keep his heir from the shard, so this
  /// is tried for as long as a statement may take. Each try either raised the fence or did nothing.
  public nonisolated(nonsending) func raiseFence(_ shard: ShardID, writer id: WriterID) async throws(StoreError) -> Head {
    let what = "raising the fence of shard \(shard)"
    let deadline = loop.freshNow() + limit
    while loop.freshNow() < deadline {
      let old = try await readHead(shard, within: deadline - loop.freshNow())
      var new = old ?? .empty
      new.raise(for: id)
      let query = LogStatements.raise(shard, from: old, to: new)
      let raised = try await ask(what, on: writer, within: deadline - loop.freshNow(), isWrite: true, [query]) {
        try HeadRow.read($0.first, of: shard)
      }
      if let raised { return raised }
    }
    throw .unavailable("\(what): others moved it each time; nothing was done")
  }

  // MARK: Reading

  public nonisolated(nonsending) func readHead(_ shard: ShardID) async throws(StoreError) -> Head? {
    let head = try await readHead(shard, within: readLimit)
    return head.flatMap { $0.fence > Fence(0) ? $0 : nil }
  }

  /// With one of fence 0, under which somebody wrote who never raised it.
  nonisolated(nonsending) func readHead(_ shard: ShardID, within limit: Duration) async throws(StoreError) -> Head? {
    try await ask("a read of shard \(shard)'s head", on: reader, within: limit, [LogStatements.head(shard)]) {
      try HeadRow.read($0.first, of: shard)
    }
  }

  public nonisolated(nonsending) func settle(_ batch: BatchName) async throws(StoreError) -> SettleOutcome {
    let query = LogStatements.place(batch.shard, at: batch.from)
    return try await ask("settling a batch of shard \(batch.shard)", on: tails, within: readLimit, [query]) {
      try LogExcerpt.read($0.first, of: batch.shard)?.settle(batch) ?? .stillOpen
    }
  }

  public nonisolated(nonsending) func readTail(_ shard: ShardID, from offset: Offset) async throws(StoreError) -> [StoredRecord] {
    let query = LogStatements.tail(shard, from: offset)
    return try await ask("a read of shard \(shard)'s tail", on: tails, within: readLimit, [query]) {
      guard let excerpt = try LogExcerpt.read($0.first, of: shard) else { return [] }
      return try excerpt.records(from: max(offset, excerpt.head.floor), isWhole: true)
    }
  }

  public nonisolated(nonsending) func readPage(
    _ shard: ShardID, from offset: Offset, limit count: Int
  ) async throws(StoreError) -> [StoredRecord] {
    let query = LogStatements.page(shard, from: offset, limit: count)
    return try await ask("a read of shard \(shard)'s log", on: tails, within: readLimit, [query]) {
      guard let excerpt = try LogExcerpt.read($0.first, of: shard) else { return [] }
      guard offset >= excerpt.head.kept else { throw StoreError.cutOff(excerpt.head.kept) }
      return Array(try excerpt.records(from: offset, isWhole: excerpt.rows.count < count).prefix(count))
    }
  }

  public nonisolated(nonsending) func readLog(
    _ shard: ShardID, kind: UInt32, entity: String, limit count: Int
  ) async throws(StoreError) -> [StoredRecord] {
    let query = LogStatements.tail(shard, from: Offset(0))
    return try await ask("a read of \(entity)'s log", on: tails, within: readLimit, [query]) {
      guard let excerpt = try LogExcerpt.read($0.first, of: shard) else { return [] }
      let records = try excerpt.records(from: excerpt.head.floor, isWhole: true)
      return Array(records.filter { $0.kind == kind && $0.entity == entity }.suffix(count))
    }
  }
}
