// When the entities of one shard have to be looked at for their reminders: a pure machine. It holds what is due soon and what no snapshot
// says yet; the rest stands in the store, and is read a page at a time when its time comes near.

struct ReminderIndex {
  struct Entry: Hashable {
    let at: Int64
    let kind: UInt32
    let entity: String
    /// Counts what came: says whether a checkpoint that was captured meanwhile has it.
    let sequence: UInt64
  }

  /// How far ahead the store is read, and how long before that time is over it is read again; milliseconds.
  static let horizon: Int64 = 600_000
  static let lead: Int64 = 60_000
  /// Wakes of one page.
  static let page = 1_024

  struct Question: Hashable {
    let after: Wake?
    let before: Int64
  }

  private var heap = BinaryHeap<Entry>(isBefore: { ($0.at, $0.sequence) < ($1.at, $1.sequence) })
  /// What the store's snapshots said of every earlier time is in the heap, or was.
  private var readTo = Int64.min
  private var cursor: Wake?
  private var asked: Question?
  private(set) var sequence: UInt64 = 0

  var count: Int { heap.count }

  mutating func add(at time: Int64, kind: UInt32, entity: String) {
    sequence += 1
    heap.insert(Entry(at: time, kind: kind, entity: entity, sequence: sequence))
  }

  // MARK: The store

  /// What to ask the store, when it is time to; its answer goes to `take`, or `failed` is called.
  mutating func question(now: Int64) -> Question? {
    guard asked == nil, now >= readTo &- Self.lead || readTo == .min else { return nil }
    asked = Question(after: cursor, before: now + Self.horizon)
    return asked
  }

  mutating func take(_ wakes: [Wake]) {
    guard let question = asked else { return }
    asked = nil
    for wake in wakes { add(at: wake.at, kind: wake.kind, entity: wake.entity) }
    if wakes.count >= Self.page, let last = wakes.last {
      (cursor, readTo) = (last, last.at)
    } else {
      // Behind everything that is due before that time.
      cursor = Wake(at: question.before - 1, kind: .max, entity: "")
      readTo = question.before
    }
  }

  mutating func failed() { asked = nil }

  /// A checkpoint that was captured when `sequence` was this is stored: what is due late, the store gives back in time.
  mutating func stored(upTo sequence: UInt64) {
    // A page that is being read may have been read before those snapshots were written.
    let known = max(readTo, asked?.before ?? .min)
    heap.removeAll { $0.sequence <= sequence && $0.at > known }
  }

  // MARK: Time

  /// When to look again: for what is due, or to read on. Nil while nothing is known, before the first page.
  var wakeAt: Int64? {
    let reading = asked != nil || readTo == .min ? nil : readTo - Self.lead
    return [heap.first?.at, reading].compactMap { $0 }.min()
  }

  mutating func popDue(now: Int64) -> Entry? {
    guard let first = heap.first, first.at <= now else { return nil }
    return heap.removeFirst()
  }
}
