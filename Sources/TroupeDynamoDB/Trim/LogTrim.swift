// Removes what nobody reads any more, behind everybody's back: batches below the kept offset, and parts that no snapshot names.
// The raises stay for ever: each keeps its place, so that a batch of the fence that it ended finds it taken whenever it arrives.
import Synchronization
import TroupeAWS
import TroupeCluster
import TroupeJournal

final class LogTrim: Sendable {
  /// Items of one shard before the next one's turn: a removal costs as much as the write did, so it does not come in bursts.
  private static let step = 200

  private struct State {
    var due: [ShardID: Head] = [:]
    /// Up to where a shard was trimmed: its raises are not read again and again.
    var done: [ShardID: Offset] = [:]
    var isRunning = false
    var isClosed = false
  }

  private let log: ShardLog
  private let state = Mutex(State())

  init(_ log: ShardLog) { self.log = log }

  /// Never waits. What fails is tried again after the next checkpoint.
  func ask(_ shard: ShardID, _ head: Head) {
    let starts = state.withLock { state in
      guard !state.isClosed else { return false }
      state.due[shard] = head
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if starts { Task { await run() } }
  }

  func close() { state.withLock { ($0.isClosed, $0.due) = (true, [:]) } }

  private func run() async {
    while let (shard, head) = next() {
      let isMore = try? await trim(shard, below: head)
      if isMore == true { state.withLock { if $0.due[shard] == nil && !$0.isClosed { $0.due[shard] = head } } }
      if isMore == false { try? await sweep(shard, head) }
    }
  }

  private func next() -> (ShardID, Head)? {
    state.withLock { state in
      guard let entry = state.due.first else {
        state.isRunning = false
        return nil
      }
      state.due[entry.key] = nil
      return (entry.key, entry.value)
    }
  }

  /// Answers whether there is more. The last batch stays, whatever the floor: it is the head.
  private func trim(_ shard: ShardID, below head: Head) async throws(StoreError) -> Bool {
    var budget = Budget("trimming shard \(shard)", within: StoreLimits.readTimeout)
    let begin = state.withLock { $0.done[shard] } ?? Offset(0)
    guard begin < head.kept else { return false }
    var (read, reached) = (0, begin)
    var keys: [ItemKey] = []
    let query = Table.Query(
      partition: ItemKey.logPartition(shard), first: ItemKey.padded(begin.value), last: ItemKey.padded(head.kept.value),
      only: ["count", "parts", "pieces"])
    try await log.table.query(query, &budget) { (item) throws(StoreError) in
      read += 1
      guard let key = item.key, let from = key.sort.split(separator: "#").first.flatMap({ UInt64($0) }) else { return false }
      reached = Offset(from)
      if let count: Int = item.number("count"), count > 0 {
        guard Offset(from).advanced(by: count) <= head.kept, Offset(from) < head.lastFrom else { return false }
        if case .parts(let prefix, let pieces)? = Bulk(item) { keys += (0..<pieces).map { .part(shard, prefix, $0) } }
        keys.append(key)
      }
      return read < Self.step
    }
    try await log.table.batch(remove: keys, &budget)
    state.withLock { $0.done[shard] = reached }
    return read >= Self.step
  }

  /// Parts of snapshots that were replaced, or never named.
  private func sweep(_ shard: ShardID, _ head: Head) async throws(StoreError) {
    var budget = Budget("sweeping shard \(shard)", within: StoreLimits.readTimeout)
    var keys: [ItemKey] = []
    let query = Table.Query(partition: ItemKey.partPartition(shard), first: "snap#", last: "snap#~", limit: Self.step, only: [])
    try await log.table.query(query, &budget) { (item) throws(StoreError) in
      if let key = item.key { keys.append(key) }
      return true
    }
    var gone: [ItemKey] = []
    var named: [ItemKey: (parts: String?, offset: Offset)] = [:]
    for key in keys {
      guard let part = SnapshotPart(key.sort) else { continue }
      let place = ItemKey.snapshot(shard, kind: part.kind, entity: part.entity)
      if named[place] == nil {
        let item = try await log.table.get(place, &budget)
        named[place] = (item?.text("parts"), item?.number("offset").map { Offset($0) } ?? head.kept)
      }
      guard let there = named[place], part.prefix != there.parts, part.offset < there.offset else { continue }
      gone.append(key)
    }
    try await log.table.batch(remove: gone, &budget)
  }
}

/// A part's key, taken apart.
struct SnapshotPart: Hashable {
  let prefix: String
  let kind: UInt32
  let entity: String
  let offset: Offset

  init?(_ sort: String) {
    let bytes = Array(sort.utf8)
    let head = sort.split(separator: "#", maxSplits: 3, omittingEmptySubsequences: false)
    guard head.count == 4, head[0] == "snap", let kind = UInt32(head[1], radix: 16), let count = Int(head[2]) else { return nil }
    let start = head[0].utf8.count + head[1].utf8.count + head[2].utf8.count + 3
    // The id, then `#<offset>#<nonce>#<index>`.
    guard count >= 0, count <= ItemKey.entityLimit, bytes.count == start + count + 43,
      let offset = UInt64(String(decoding: bytes[(start + count + 1)..<(start + count + 21)], as: UTF8.self))
    else { return nil }
    (self.kind, self.offset) = (kind, Offset(offset))
    entity = String(decoding: bytes[start..<start + count], as: UTF8.self)
    prefix = String(decoding: bytes[..<(bytes.count - 4)], as: UTF8.self)
  }
}
