// All that a loop keeps to defend its calls and those it calls: lanes with breakers, retry budgets, and what they did.

struct CallDefences {
  struct KindBudget {
    let kind: UInt32
    var budget: RetryBudget
  }

  let policy: CallPolicy
  private let begunAt: Instant
  var lanes: CallLanes
  /// Made when a kind first retries; a handful.
  var budgets: [KindBudget] = []
  var counts = CallReport.Counts()
  /// Of kinds that had trouble: a client knows no others, and calls carry only the number.
  private var names: [UInt32: String] = [:]

  init(_ policy: CallPolicy, now: Instant) {
    self.policy = policy
    begunAt = now
    lanes = CallLanes(policy.breakers)
  }

  mutating func learn(_ name: String, of kind: UInt32) {
    if names[kind] == nil, names.count < CallLanes.kindsAPeer { names[kind] = name }
  }

  func name(_ kind: UInt32) -> String {
    kind == CallLanes.furtherKinds ? "further kinds" : names[kind] ?? String(kind, radix: 16)
  }

  /// A retry, or a hedge, of a kind of which so many calls were made: whether the budget has one left.
  mutating func takeRetry(of kind: UInt32, calls: UInt64, now: Instant) -> Bool {
    guard let settings = policy.retryBudget else { return true }
    let isFull = budgets.count >= CallLanes.kindsAPeer
    if let index = budgets.firstIndex(where: { $0.kind == kind }) ?? (isFull ? budgets.indices.last : nil) {
      return budgets[index].budget.take(calls: calls, now: now)
    }
    // As if it had been there all along.
    var budget = RetryBudget(settings, now: begunAt)
    defer { budgets.append(KindBudget(kind: kind, budget: budget)) }
    return budget.take(calls: calls, now: now)
  }
}
