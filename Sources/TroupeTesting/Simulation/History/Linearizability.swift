// Whether operations that overlapped can have happened one after the other, each at an instant between its call and its answer.
// The search is that of Wing and Gong (1993), with Lowe's memory of what was tried (2017).
import TroupeNet

/// A judge of one thing's history.
public enum Linearizability {
  public enum Verdict: Equatable, Sendable {
    case holds
    /// Names the operation that no order explains.
    case broken(String)
    /// The search was given up: too many orders are possible.
    case undecided
  }

  /// States looked at before a search is given up.
  public static let effort = 2_000_000

  public static func judge<Model: SequentialModel>(_ operations: [Operation], by _: Model.Type, effort: Int = effort) -> Verdict {
    // Without effect, or without an answer that could be wrong.
    let relevant = operations.filter { $0.end == .ok || ($0.end == .unknown && $0.argument != nil) }
    var search = LinearizationSearch<Model>(relevant, effort: effort)
    return search.run()
  }
}

/// One search: a walk through calls and answers in their order, that takes operations out as it places them.
private struct LinearizationSearch<Model: SequentialModel> {
  private struct Tried: Hashable {
    let placed: [UInt64]
    let state: Model.State
  }

  private let operations: [Operation]
  /// By place in the order of time: an operation's call, or its answer (`~index`).
  private var entries: [Int] = []
  /// A doubly linked list over `entries`; the last slot is its head and its end.
  private var next: [Int] = []
  private var previous: [Int] = []
  /// By operation: its places; the answer's is nil when it never came.
  private var calls: [Int]
  private var answers: [Int?]
  private var effort: Int

  init(_ operations: [Operation], effort: Int) {
    self.operations = operations
    self.effort = effort
    calls = Array(repeating: 0, count: operations.count)
    answers = Array(repeating: nil, count: operations.count)
    var moments: [(at: Instant, entry: Int)] = []
    for (index, operation) in operations.enumerated() {
      moments.append((operation.began, index))
      // Of an unknown one the effect may come at any later time.
      if operation.end == .ok, let ended = operation.ended { moments.append((ended, ~index)) }
    }
    // At one instant calls come first: they overlap then, which forbids less.
    moments.sort { $0.at != $1.at ? $0.at < $1.at : ($0.entry >= 0) != ($1.entry >= 0) ? $0.entry >= 0 : $0.entry < $1.entry }
    entries = moments.map(\.entry)
    for (place, entry) in entries.enumerated() { if entry >= 0 { calls[entry] = place } else { answers[~entry] = place } }
    let end = entries.count
    next = (0...end).map { $0 == end ? 0 : $0 + 1 }
    previous = (0...end).map { $0 == 0 ? end : $0 - 1 }
  }

  private var end: Int { entries.count }

  private mutating func unlink(_ place: Int) {
    next[previous[place]] = next[place]
    previous[next[place]] = previous[place]
  }

  private mutating func relink(_ place: Int) {
    next[previous[place]] = place
    previous[next[place]] = place
  }

  private mutating func take(_ operation: Int) {
    unlink(calls[operation])
    if let answer = answers[operation] { unlink(answer) }
  }

  private mutating func putBack(_ operation: Int) {
    if let answer = answers[operation] { relink(answer) }
    relink(calls[operation])
  }

  mutating func run() -> Linearizability.Verdict {
    var state = Model.initial
    var placed = [UInt64](repeating: 0, count: (operations.count + 63) / 64)
    var tried: Set<Tried> = []
    var path: [(operation: Int, before: Model.State)] = []
    var missing = answers.count { $0 != nil }
    var furthest: (placed: Int, stuckAt: Int?) = (-1, nil)
    var place = next[end]
    while missing > 0 {
      effort -= 1
      if effort < 0 { return .undecided }
      if place != end, entries[place] >= 0 {
        let operation = entries[place]
        if let after = Model.state(after: operations[operation], in: state) {
          placed[operation / 64] |= 1 << UInt64(operation % 64)
          if tried.insert(Tried(placed: placed, state: after)).inserted {
            path.append((operation, state))
            state = after
            if answers[operation] != nil { missing -= 1 }
            take(operation)
            place = next[end]
            continue
          }
          placed[operation / 64] &= ~(1 << UInt64(operation % 64))
        }
        place = next[place]
      } else {
        // Somebody was answered before anything that could be placed now: what was placed last was wrong.
        if place != end, path.count > furthest.placed { furthest = (path.count, ~entries[place]) }
        guard let (operation, before) = path.popLast() else {
          return .broken(furthest.stuckAt.map { operations[$0].description } ?? "no order at all")
        }
        state = before
        placed[operation / 64] &= ~(1 << UInt64(operation % 64))
        if answers[operation] != nil { missing += 1 }
        putBack(operation)
        place = next[calls[operation]]
      }
    }
    return .holds
  }
}
