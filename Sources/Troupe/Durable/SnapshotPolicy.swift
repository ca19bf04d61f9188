// When a shard writes snapshots: what stands behind its floor is what the next owner reads before he serves.

/// How much of a shard's log, and for how long, may stand in no snapshot. Whatever comes first begins a checkpoint: the states of all its
/// entities that changed, written in the background.
///
/// It bounds recovery: an entity is read back from one snapshot and from what came after it, however long its history is.
public struct SnapshotPolicy: Hashable, Sendable {
  /// Records of one shard. Default 2,048.
  public var records = 2_048
  /// Records of all shards of one loop. Past it those that have more than their part of them checkpoint one after the other, 64 a second
  /// at most: who takes over a dead node's shards reads all of these before its last entity answers. Default 16,384.
  public var together = 16_384
  /// Bytes of one shard's records. Default 8 MiB.
  public var bytes = 8 << 20
  /// How long the oldest of them waits. Default 5 minutes.
  public var age = Duration.seconds(300)

  public init() {}

  /// Nil when it is sound, or what is wrong with it.
  var refusal: String? {
    if records < 1 { return "a shard writes snapshots after 1 record or more, not after \(records)" }
    if together < 1 { return "a loop's shards write snapshots after 1 record or more together, not after \(together)" }
    if bytes < 1 { return "a shard writes snapshots after 1 byte or more, not after \(bytes)" }
    if age < .seconds(1) { return "a shard writes snapshots after a second or more, not after \(age)" }
    return nil
  }
}

/// What stands behind a shard's floor: a pure count.
struct TailSize {
  private(set) var records = 0
  private(set) var bytes = 0
  /// When the oldest of it came, as far as this owner knows.
  private(set) var since: Instant?

  mutating func add(bytes: Int, at now: Instant) {
    records += 1
    self.bytes += bytes
    if since == nil { since = now }
  }

  /// A checkpoint holds what stood here when it began: the rest came after that.
  mutating func subtract(_ stored: TailSize, began: Instant) {
    records -= stored.records
    bytes -= stored.bytes
    since = records > 0 ? began : nil
  }

  func isDue(_ policy: SnapshotPolicy, now: Instant) -> Bool {
    guard let since else { return false }
    return records >= policy.records || bytes >= policy.bytes || since + policy.age <= now
  }
}

/// What stands behind the floors of a loop's shards: a pure count, and whose turn it is to do something about it.
struct TailsTogether {
  /// Between two checkpoints that are due for the sake of all. More often they would cost what appends could have.
  static let pause = Duration.milliseconds(1_000 / 64)

  private(set) var shards = 0
  private(set) var records = 0
  private var notBefore = Instant(nanoseconds: .min)

  /// A shard is served from now on.
  mutating func enter(_ tail: TailSize) {
    shards += 1
    records += tail.records
  }

  mutating func leave(_ tail: TailSize) {
    shards -= 1
    records -= tail.records
  }

  mutating func addRecord() { records += 1 }
  mutating func subtract(_ stored: TailSize) { records -= stored.records }

  /// Whether a shard with so many is to begin a checkpoint now. Yes is said to one at a time.
  mutating func takesTurn(_ policy: SnapshotPolicy, having own: Int, now: Instant) -> Bool {
    guard records > policy.together, own * shards >= records, now >= notBefore else { return false }
    notBefore = now + Self.pause
    return true
  }
}
