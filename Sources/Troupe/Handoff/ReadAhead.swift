// What a node has read of a shard that another still serves: a part of its log that does not change any more, and the snapshots that its
// entities in memory stand on. Nothing is done with it before this node has raised the fence, and then only if the floor is still the same.

struct ReadAhead {
  /// Snapshots read at once: a store that is far away answers them together.
  private static let readers = 8
  /// Of a shard's snapshots, bytes, for each reader: what is beyond them is read when somebody calls.
  private static let byteLimit = 256 << 10

  let floor: Offset
  let end: Offset
  let records: [StoredRecord]
  /// Nil for an entity without one.
  let snapshots: [Shard.TailKey: Snapshot?]
  let readAt: Instant

  /// Nil when the store has something else than the order says.
  nonisolated(nonsending) static func read(_ order: ReadAheadOrder, from store: any Store, now: Instant) async throws(StoreError)
    -> ReadAhead?
  {
    let (shard, floor, end) = (ShardID(order.shard), Offset(order.floor), Offset(order.end))
    let records = try await store.readTail(shard, from: floor).filter { $0.offset < end }
    guard records.count == floor.distance(to: end), records.first.map({ $0.offset == floor }) ?? true else { return nil }
    let snapshots = floor > Offset(0) ? try await readSnapshots(of: order.entities, shard, from: store) : [:]
    return ReadAhead(floor: floor, end: end, records: records, snapshots: snapshots, readAt: now)
  }

  private nonisolated(nonsending) static func readSnapshots(
    of entities: [EntityName], _ shard: ShardID, from store: any Store
  ) async throws(StoreError) -> [Shard.TailKey: Snapshot?] {
    let parts = await withTaskGroup(of: Result<[(Shard.TailKey, Snapshot?)], StoreError>.self) { group in
      for reader in 0..<min(readers, entities.count) {
        group.addTask {
          var found: [(Shard.TailKey, Snapshot?)] = []
          var bytes = 0
          do throws(StoreError) {
            for index in stride(from: reader, to: entities.count, by: readers) where bytes < byteLimit {
              let name = entities[index]
              let snapshot = try await store.readSnapshot(shard, kind: name.kind, entity: name.id)
              bytes += snapshot?.state.count ?? 0
              found.append((Shard.TailKey(name), snapshot))
            }
            return .success(found)
          } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var snapshots: [Shard.TailKey: Snapshot?] = [:]
    for part in parts { for (key, snapshot) in try part.get() { snapshots.updateValue(snapshot, forKey: key) } }
    return snapshots
  }
}

extension Shard.TailKey {
  init(_ name: EntityName) { self.init(kind: name.kind, entity: name.id) }
}
