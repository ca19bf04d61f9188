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
  private var heldHead = 0

  init(fence: Fence, end: Offset, nextBatch: UInt64) {
    self.fence = fence
    self.end = end
    durable = end
    self.nextBatch = nextBatch
  }

  var isFull: Bool { held.count - heldHead >= Self.backlogLimit }
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
  mutating func appended(to offset: Offset) -> [Release] {
    isInFlight = false
    durable = offset
    var released: [Release] = []
    while heldHead < held.count, held[heldHead].offset <= durable {
      released.append(held[heldHead].release)
      heldHead += 1
    }
    if heldHead == held.count {
      held.removeAll(keepingCapacity: true)
      heldHead = 0
    } else if heldHead > 1_024 {
      held.removeFirst(heldHead)
      heldHead = 0
    }
    return released
  }

  /// The log did not take it, or nobody knows: nothing that waited may leave as a success.
  mutating func abandon() -> [Release] {
    defer {
      pending = []
      held = []
      heldHead = 0
      isInFlight = false
    }
    return held[heldHead...].map(\.release)
  }
}
