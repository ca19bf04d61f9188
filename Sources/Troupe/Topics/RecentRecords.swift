// The newest records of a shard that somebody consumes, so that who keeps up needs not read the store: a bounded queue of values.

struct RecentRecords {
  /// Past either the oldest leave; who is behind them reads the store.
  static let limit = 4_096
  static let byteLimit = 4 << 20

  private var records: [StoredRecord] = []
  private var head = 0
  private var bytes = 0
  /// Every record from here on that concerns anybody is here.
  private(set) var start: Offset

  init(from start: Offset) { self.start = start }

  static func size(of record: StoredRecord) -> Int { record.turn.events.reduce(64) { $0 + $1.count } }

  mutating func append(_ record: StoredRecord) {
    records.append(record)
    bytes += Self.size(of: record)
    while records.count - head > Self.limit || (bytes > Self.byteLimit && records.count - head > 1) { removeFirst() }
  }

  private mutating func removeFirst() {
    let first = records[head]
    bytes -= Self.size(of: first)
    start = first.offset.advanced(by: 1)
    head += 1
    if head >= 1_024, head * 2 >= records.count {
      records.removeFirst(head)
      head = 0
    }
  }

  /// Lets go of what everybody has taken.
  mutating func forget(before offset: Offset) {
    while head < records.count, records[head].offset < offset { removeFirst() }
    start = max(start, offset)
  }

  /// At most `limit` records that are wanted, from an offset to an end, and how far that reaches; nil when the store must be asked.
  func page(from offset: Offset, to end: Offset, limit: Int, where isWanted: (StoredRecord) -> Bool) -> (
    records: [StoredRecord], upTo: Offset
  )? {
    guard offset >= start else { return nil }
    var found: [StoredRecord] = []
    for record in records[firstIndex(at: offset)...] {
      guard record.offset < end else { break }
      guard isWanted(record) else { continue }
      if found.count == limit { return (found, record.offset) }
      found.append(record)
    }
    return (found, end)
  }

  /// The first that is not before the offset.
  private func firstIndex(at offset: Offset) -> Int {
    var (low, high) = (head, records.count)
    while low < high {
      let middle = (low + high) / 2
      if records[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
