// What an owner says of a shard that will leave: what stands in memory, and what volatile entities know.

extension Shard {
  /// For so long after it has named its entities a shard writes no snapshots: they would raise the floor that the other one reads from.
  private static var floorStays: Duration { .seconds(2) }

  /// Nil unless it is served, or when there is nothing to read.
  func orderReadAhead() -> ReadAheadOrder? {
    guard state == .serving, checkpoint == nil, floor.distance(to: journal.durable) <= ReadAheadOrder.recordLimit else { return nil }
    var (names, bytes): ([EntityName], Int) = ([], 0)
    let warm = table.all.filter { $0.kind.isDurable && $0.phase != .loading }
    for activation in warm.sorted(by: { ($1.lastUsed, $0.id) < ($0.lastUsed, $1.id) }).prefix(ReadAheadOrder.nameLimit) {
      bytes += activation.id.utf8.count + 8
      guard bytes <= ReadAheadOrder.byteLimit else { break }
      names.append(EntityName(kind: activation.kindID, id: activation.id))
    }
    guard floor < journal.durable || !names.isEmpty else { return nil }
    checkpointNotBefore = max(checkpointNotBefore, stage.loop.now + Self.floorStays)
    return ReadAheadOrder(shard: id.index, floor: floor.value, end: journal.durable.value, entities: names)
  }

  /// What its volatile entities know, in parts; to be asked once it is sealed.
  func pack(for transfer: TransferID) -> [CarriedStates] {
    var parts: [CarriedStates] = []
    var (part, partBytes, allBytes, left): ([CarriedState], Int, Int, Int) = ([], 0, 0, 0)
    func add(_ name: EntityName, _ state: [UInt8]) {
      guard state.count <= CarriedStates.stateLimit, allBytes + state.count <= CarriedStates.shardLimit else { return left += 1 }
      part.append(CarriedState(entity: name, state: state))
      partBytes += state.count + name.id.utf8.count
      allBytes += state.count
      guard partBytes >= CarriedStates.partSize else { return }
      parts.append(CarriedStates(shard: id.index, transfer: transfer.value, states: part))
      (part, partBytes) = ([], 0)
    }
    // The last used first, should there be too much. What came here and nobody has called goes on as it came.
    let packed = table.all.compactMap { activation in activation.pack().map { (activation, $0) } }
    for (activation, state) in packed.sorted(by: { ($1.0.lastUsed, $0.0.id) < ($0.0.lastUsed, $1.0.id) }) {
      add(EntityName(kind: activation.kindID, id: activation.id), state)
    }
    for (key, state) in arrived.sorted(by: { ($0.key.kind, $0.key.entity) < ($1.key.kind, $1.key.entity) }) {
      add(EntityName(kind: key.kind, id: key.entity), state)
    }
    if !part.isEmpty { parts.append(CarriedStates(shard: id.index, transfer: transfer.value, states: part)) }
    if left > 0 { stage.log(.warning, "shard \(id) moves, and \(left) of its volatile entities are too large to come along") }
    return parts
  }
}
