// In which order the shards of a loop get their tails read, when a thousand of them come at once: after a restart, or when their owner
// has died. The store reads some million records then; whoever is called does not wait for those whom nobody calls.

extension Cluster {
  /// Returns when this process has read the tails of all shards that it has taken over.
  func untilTailsAreRead() async {
    for home in stages {
      await withUnsafeContinuation { waiter in home.loop.execute { home.stage.value.tailReads.whenAllAreRead(waiter) } }
    }
  }
}

/// Two shards at a time: those that calls wait for first, the others in the order in which they came.
final class TailReads {
  /// One is read while what the other read is taken over.
  static let limit = 2

  /// Where a shard stands.
  enum Turn {
    case none
    case waiting
    /// Calls wait for it.
    case hurried
    case reading
  }

  private struct Entry {
    let shard: Shard
    let generation: UInt64
    let head: Head
  }

  private var underWay = 0
  private var hurried: [Entry] = []
  private var others: [Entry] = []
  private var waiters: [UnsafeContinuation<Void, Never>] = []

  /// The shard's fence is raised: nothing is written behind `head` any more.
  func enter(_ shard: Shard, behind head: Head) {
    hurried.removeAll { $0.shard === shard }
    others.removeAll { $0.shard === shard }
    let entry = Entry(shard: shard, generation: shard.generation, head: head)
    if shard.parked.isEmpty {
      shard.tailTurn = .waiting
      others.append(entry)
    } else {
      shard.tailTurn = .hurried
      hurried.append(entry)
    }
    begin()
  }

  /// Somebody calls it.
  func hurry(_ shard: Shard) {
    guard let index = others.firstIndex(where: { $0.shard === shard }) else { return }
    shard.tailTurn = .hurried
    hurried.append(others.remove(at: index))
  }

  var isReading: Bool { underWay > 0 }

  /// A read has ended, however.
  func end() {
    underWay -= 1
    begin()
  }

  private func begin() {
    while underWay < Self.limit, let next = takeNext() {
      // Dropped since, or begun anew.
      guard next.shard.generation == next.generation else { continue }
      next.shard.tailTurn = .reading
      underWay += 1
      next.shard.readTail(behind: next.head)
    }
    guard underWay == 0 else { return }
    for waiter in waiters { waiter.resume() }
    waiters = []
  }

  /// For who asks about all shards: what stands in tails that are not read is not known yet.
  func whenAllAreRead(_ waiter: UnsafeContinuation<Void, Never>) {
    if underWay == 0 { waiter.resume() } else { waiters.append(waiter) }
  }

  private func takeNext() -> Entry? {
    if !hurried.isEmpty { return hurried.removeFirst() }
    return others.isEmpty ? nil : others.removeFirst()
  }
}
