// What has come to a loop ahead of shards that may become its own: bounded, and forgotten when they do not.

struct Arrivals {
  /// Shards at once.
  static let shardLimit = 64
  /// Of carried states, bytes.
  static let byteLimit = 64 << 20
  /// Longer than the giver takes to seal what it has announced.
  static let patience: Duration = .seconds(10)

  struct Carried {
    let transfer: TransferID
    var states: [Shard.TailKey: [UInt8]]
    var bytes: Int
    let came: Instant
  }

  private(set) var readAheads: [Int: ReadAhead] = [:]
  private(set) var carried: [Int: Carried] = [:]
  private var bytes = 0
  private var underWay = 0

  /// Whether there is room for one more; it is counted until it ends.
  mutating func beginsReadAhead() -> Bool {
    guard readAheads.count + underWay < Self.shardLimit else { return false }
    underWay += 1
    return true
  }

  /// Nil when nothing came of it.
  mutating func endReadAhead(of shard: Int, _ ahead: ReadAhead?) {
    underWay -= 1
    if let ahead { readAheads[shard] = ahead }
  }

  /// Whether there was room.
  mutating func add(_ part: CarriedStates, now: Instant) -> Bool {
    let transfer = TransferID(part.transfer)
    if carried[part.shard]?.transfer != transfer { forgetCarried(part.shard) }
    let size = part.states.reduce(0) { $0 + $1.state.count + $1.entity.id.utf8.count }
    guard bytes + size <= Self.byteLimit, carried.count < Self.shardLimit || carried[part.shard] != nil else { return false }
    var whole = carried[part.shard] ?? Carried(transfer: transfer, states: [:], bytes: 0, came: now)
    for one in part.states { whole.states[Shard.TailKey(one.entity)] = one.state }
    whole.bytes += size
    bytes += size
    carried[part.shard] = whole
    return true
  }

  /// What was read of a shard whose fence is this node's now, if it is still what the shard stands on.
  mutating func takeReadAhead(of shard: Int, at head: Head) -> ReadAhead? {
    guard let ahead = readAheads.removeValue(forKey: shard), ahead.floor == head.floor, ahead.end <= head.end else { return nil }
    return ahead
  }

  /// What came with the transfer by which the shard is this node's now; nil when that is another.
  mutating func takeCarried(of shard: Int, by transfer: TransferID?) -> [Shard.TailKey: [UInt8]]? {
    guard let found = carried[shard] else { return nil }
    forgetCarried(shard)
    return found.transfer == transfer ? found.states : nil
  }

  private mutating func forgetCarried(_ shard: Int) {
    if let old = carried.removeValue(forKey: shard) { bytes -= old.bytes }
  }

  /// With housekeeping.
  mutating func forget(before instant: Instant) {
    if readAheads.isEmpty, carried.isEmpty { return }
    readAheads = readAheads.filter { $0.value.readAt >= instant }
    for shard in carried.filter({ $0.value.came < instant }).keys { forgetCarried(shard) }
  }
}
