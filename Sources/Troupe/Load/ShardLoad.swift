// What a shard costs the loop that serves it. Calls are counted, the rest is looked at with every sixteenth: a call pays an addition for it.

/// Of one window of time.
struct LoadSums: Hashable, Sendable {
  var calls: UInt64 = 0
  /// Of turns, an async one until it first waits; nanoseconds.
  var nanoseconds: UInt64 = 0
  /// Of arguments.
  var bytes: UInt64 = 0
  var activations: UInt64 = 0

  /// What a call takes of its node beside its turn, as the balancer counts it; nanoseconds.
  private static let aroundTurn = UInt64(BalancePolicy().microsecondsACall) * 1_000

  /// For comparing shards with each other.
  var heat: UInt64 { nanoseconds &+ calls &* Self.aroundTurn }

  static func - (left: LoadSums, right: LoadSums) -> LoadSums {
    LoadSums(
      calls: left.calls &- right.calls, nanoseconds: left.nanoseconds &- right.nanoseconds, bytes: left.bytes &- right.bytes,
      activations: left.activations &- right.activations)
  }
}

struct ShardLoad {
  /// One call of so many is looked at, and counts for all of them.
  static let stride: UInt64 = 16

  /// Since the shard came here.
  var total = LoadSums()
  private var atStart = LoadSums()
  private var finished: LoadSums?

  /// The last whole window, or before there is one what has come since the shard did.
  var window: LoadSums { finished ?? total }

  @inline(__always)
  mutating func countsNext() -> Bool {
    total.calls &+= 1
    return total.calls & (Self.stride - 1) == 0
  }

  mutating func sampled(_ took: Duration, bytes: Int) {
    total.nanoseconds &+= UInt64(max(0, took.wholeNanoseconds)) &* Self.stride
    total.bytes &+= UInt64(bytes) &* Self.stride
  }

  /// A window ends and the next begins.
  mutating func turn() {
    finished = total - atStart
    atStart = total
  }
}
