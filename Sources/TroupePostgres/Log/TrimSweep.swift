// When rows below the shards' `kept` are removed, and how much at once: the whole table from its first page to its last, so that a page
// is changed once for all its rows. Shard after shard would change each page once a row, and the server logs a whole page at its first
// change after a checkpoint. Pure.
import TroupeJournal

struct TrimSweep {
  /// Pages (8 KiB) that one statement looks at: some milliseconds.
  static let piece = 64
  /// A sweep begins once this node's shards have let go of so many records.
  private static let worthwhile = 8_192
  /// And of so many a page of the table: a third of what a page of single commands holds.
  private static let aPage = 8

  private var passed = 0
  private var wanted = TrimSweep.worthwhile
  private var isRunning = false

  /// Whether the caller is to look how large the table is, and begin.
  mutating func letGo(of records: Int) -> Bool {
    passed += records
    guard !isRunning, passed >= wanted else { return false }
    isRunning = true
    return true
  }

  /// The pieces' first pages; empty when it is not worth it yet.
  mutating func begin(pages: Int) -> StrideTo<Int> {
    wanted = max(Self.worthwhile, pages * Self.aPage)
    guard passed >= wanted else { return stride(from: 0, to: 0, by: Self.piece) }
    passed = 0
    return stride(from: 0, to: pages, by: Self.piece)
  }

  mutating func end() { isRunning = false }
}
