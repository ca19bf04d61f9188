// The write side of one shard's log, and its output gate: a pure machine. Turns go in, batches come out one at a time, and
// what a turn let out is released when its record is durable.

struct ShardJournal {
  /// Turns that wait for the disk, a shard. Past it commands are refused.
  static let backlogLimit = 8_192

  /// What waits at the gate.
  struct Held {
    let offset: Offset
    let release: Release
  }
  enum Release {
    case reply(ReplySink, ReplyStatus, [UInt8])
    /// A local read that saw events on their way to the disk.
    case signal(UnsafeContinuation<Bool, Never>)
    /// What a command told others.
    case told([ToldCall])
    /// A call that was written down and may begin now.
    case attempt(ParkedCall)
  }

  let fence: Fence
  /// Where the next record goes.
  private(set) var end: Offset
  /// Everything before it is on disk.
  private(set) var durable: Offset
  private(set) var isInFlight = false
  private(set) var nextBatch: UInt64
  private var pending: [Record] = []
  private var held: [Held] = []

  init(fence: Fence, end: Offset, nextBatch: UInt64) {
    self.fence = fence
    self.end = end
    durable = end
    self.nextBatch = nextBatch
  }

  var isFull: Bool { held.count >= Self.backlogLimit }
  var isSettled: Bool { pending.isEmpty && !isInFlight }
  var wantsAppend: Bool { !pending.isEmpty && !isInFlight }

  /// Takes the record of a turn; answers the offset behind it.
  mutating func record(_ record: Record) -> Offset {
    pending.append(record)
    end = end.advanced(by: 1)
    return end
  }

  func isDurable(_ offset: Offset) -> Bool { offset <= durable }

  /// Offsets must not fall: a turn is held behind every turn before it.
  mutating func hold(until offset: Offset, _ release: Release) {
    held.append(Held(offset: offset, release: release))
  }

  /// The next batch, when none is in flight.
  mutating func takeBatch(shard: ShardID, writer: WriterID) -> AppendBatch? {
    guard wantsAppend else { return nil }
    defer {
      pending = []
      isInFlight = true
      nextBatch += 1
    }
    return AppendBatch(shard: shard, fence: fence, writer: writer, batch: nextBatch, from: durable, records: pending)
  }

  /// The batch in flight is on disk up to `offset`; answers what may leave now.
  mutating func appended(to offset: Offset) -> [Held] {
    isInFlight = false
    durable = offset
    // Nearly always: nothing came while the disk was busy.
    guard let last = held.last, last.offset > durable else {
      defer { held = [] }
      return held
    }
    let count = held.firstIndex { $0.offset > durable } ?? 0
    defer { held.removeFirst(count) }
    return Array(held[..<count])
  }

  /// The log did not take it, or nobody knows: nothing that waited may leave as a success.
  mutating func abandon() -> [Held] {
    defer {
      pending = []
      held = []
      isInFlight = false
    }
    return held
  }
}
