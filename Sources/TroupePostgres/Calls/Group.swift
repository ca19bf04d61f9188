// Calls that go to the server as one transaction. All appends become one statement: its cost is a row's and not a statement's.
import TroupeJournal
import TroupeNet

struct Group {
  /// Rows that one transaction takes: a few tens of milliseconds at the most, so that a raised fence does not wait long.
  static let rows = 4_096
  /// Bytes of it; a call that is larger goes alone.
  static let bytes = 8 << 20

  private let calls: [any Call]
  private let appends: AppendPlan

  init(_ calls: [any Call]) {
    self.calls = calls
    appends = AppendPlan(calls.flatMap(\.batches))
  }

  /// How many of the waiting calls, oldest first, one transaction takes: at least one.
  static func size(of waiting: ArraySlice<any Call>, most: Int) -> Int {
    var (rows, bytes, count) = (0, 0, 0)
    for call in waiting {
      rows += call.weight
      bytes += call.bytes
      guard count < most, count == 0 || (rows <= Self.rows && bytes <= Self.bytes) else { break }
      count += 1
    }
    return count
  }

  func exchange() -> Exchange {
    Exchange(calls, appends.queries + calls.flatMap(\.queries), expires: calls.map(\.expires).max() ?? .distantFuture)
  }

  /// After the commit: each call gets its part of the answers.
  func finish(_ answers: [Rows]) {
    let admitted = appends.admitted(answers[..<appends.queries.count])
    var (row, batch) = (appends.queries.count, 0)
    for call in calls {
      call.finish(answers[row..<(row + call.queries.count)], admitted: admitted[batch..<(batch + call.batches.count)])
      row += call.queries.count
      batch += call.batches.count
    }
  }
}
