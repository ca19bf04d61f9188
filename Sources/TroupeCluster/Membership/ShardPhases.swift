// Where this node stands with each shard.

/// What this node does about one shard.
public enum ShardPhase: UInt8, Sendable {
  /// Somebody else's. Next: waiting.
  case away
  /// Owned by the view; an earlier owner's lease may still run, or this node has none. Next: taking, away.
  case waiting
  /// The driver raises the fence. Next: fenced, serving, doubted, away.
  case taking
  /// Nobody else writes to its log any more. Calls are taken, and wait until the tail has been read. Next: serving, doubted, away.
  case fenced
  /// Calls are answered. Next: sealing, doubted, away.
  case serving
  /// On its way out: running turns end. Next: sealed, serving, doubted, away.
  case sealing
  /// Quiet: it may be given. Next: serving, doubted, away.
  case sealed
  /// Its log met another fence: the register must be read before anything is done. Next: waiting, away.
  case doubted
}

struct ShardPhases: Sendable {
  private var phases: [ShardPhase] = []
  private var counts = Array(repeating: 0, count: Int(ShardPhase.doubted.rawValue) + 1)

  mutating func resize(to count: Int) {
    guard phases.count != count else { return }
    precondition(phases.isEmpty, "a cluster of \(phases.count) shards cannot become one of \(count)")
    phases = Array(repeating: .away, count: count)
    counts[Int(ShardPhase.away.rawValue)] = count
  }

  subscript(shard: ShardID) -> ShardPhase {
    get { phases.isEmpty ? .away : phases[shard.index] }
    set {
      counts[Int(phases[shard.index].rawValue)] -= 1
      counts[Int(newValue.rawValue)] += 1
      phases[shard.index] = newValue
    }
  }

  func count(_ phase: ShardPhase) -> Int { counts[Int(phase.rawValue)] }

  func all(_ phase: ShardPhase) -> [ShardID] {
    count(phase) == 0 ? [] : phases.indices.filter { phases[$0] == phase }.map { ShardID($0) }
  }

  var inUse: Set<ShardPhase> { Set(counts.indices.filter { counts[$0] > 0 }.compactMap { ShardPhase(rawValue: UInt8($0)) }) }

  /// Everything that is not somebody else's.
  var held: [ShardID] { phases.indices.filter { phases[$0] != .away }.map { ShardID($0) } }
}
