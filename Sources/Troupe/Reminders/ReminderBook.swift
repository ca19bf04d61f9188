// One entity's reminders, and when each may be tried: a pure value behind a reference, which most entities never have. Rebuilt from the
// log and from snapshots; how often one has failed is remembered in memory alone.

final class ReminderBook {
  /// Between tries of a reminder that fails: from the first to the longest, milliseconds.
  private static let firstPause: Int64 = 1_000
  private static let longestPause: Int64 = 3_600_000

  fileprivate struct Failed {
    var times: Int
    var notBefore: Int64
  }

  private var byName: [String: Reminder] = [:]
  private var failures: [String: Failed] = [:]
  private var changes: [ReminderChange] = []
  /// When the shard was last told that one is due; it looks then.
  var announced: Int64?

  var isEmpty: Bool { byName.isEmpty }
  var pending: some Collection<Reminder> { byName.values }

  // MARK: Changing

  /// Answers the sentence of a refusal.
  func take(_ change: ReminderChange) -> String? {
    if case .set(let reminder) = change {
      let (name, arguments) = (reminder.name, reminder.arguments)
      guard (1...ReminderLimits.nameBytes).contains(name.utf8.count) else {
        return "the name of a reminder has 1 to \(ReminderLimits.nameBytes) bytes, '\(name.prefix(64))' has not"
      }
      guard arguments.count <= ReminderLimits.argumentBytes else {
        return "the arguments of the reminder '\(name)' have \(arguments.count) bytes, more than \(ReminderLimits.argumentBytes)"
      }
      guard byName[name] != nil || byName.count < ReminderLimits.perEntity else {
        return "the entity has \(ReminderLimits.perEntity) reminders already, which is as many as it may"
      }
    }
    apply(change)
    changes.append(change)
    return nil
  }

  private func apply(_ change: ReminderChange) {
    switch change {
    case .set(let reminder):
      byName[reminder.name] = reminder
      failures[reminder.name] = nil
    case .cancelled(let name): remove(name)
    }
  }

  private func remove(_ name: String) {
    byName[name] = nil
    failures[name] = nil
  }

  /// What the turn that has ended did.
  func takeChanges() -> [ReminderChange] {
    guard !changes.isEmpty else { return [] }
    defer { changes = [] }
    return changes
  }

  /// Its command's turn begins: what that turn sets under the same name stays.
  func fires(_ name: String) { remove(name) }

  /// Its command did not take effect: it stands again, unless the turn has set another.
  func failed(_ reminder: Reminder, before: Int, now: Int64, jitter: UInt64) {
    if byName[reminder.name] == nil { byName[reminder.name] = reminder }
    let pause = min(Self.longestPause, Self.firstPause << Int64(min(before, 20)))
    // Between a half and the whole: who failed together does not come back together.
    failures[reminder.name] = Failed(times: before + 1, notBefore: now + pause / 2 + Int64(jitter % UInt64(pause / 2)))
  }

  func timesFailed(_ name: String) -> Int { failures[name]?.times ?? 0 }

  // MARK: Taking back

  /// All that a turn may change.
  struct Saved {
    fileprivate let byName: [String: Reminder]
    fileprivate let failures: [String: Failed]
  }

  var saved: Saved { Saved(byName: byName, failures: failures) }

  /// The turn since then did not happen.
  func restore(_ saved: Saved) {
    (byName, failures, changes) = (saved.byName, saved.failures, [])
  }

  // MARK: Asking

  /// The earliest that may run now.
  func due(at now: Int64) -> Reminder? {
    byName.values.filter { time(of: $0) <= now }.min { (time(of: $0), $0.name) < (time(of: $1), $1.name) }
  }

  /// When the shard has to look again.
  var next: Int64? { byName.values.map(time).min() }
  /// The same, but soon where a reminder that has failed is put off beyond what a snapshot says: the shard lets go of what is due late, since
  /// the store gives that back in time, and the store knows only when it was due first.
  func look(now: Int64) -> Int64? {
    guard let next, let wake, next > wake else { return next }
    return min(next, max(now + Self.longestLook, wake))
  }
  private static let longestLook: Int64 = 30_000
  /// When it has to look after a restart, which forgets failures.
  var wake: Int64? { byName.values.map(\.due).min() }

  private func time(of reminder: Reminder) -> Int64 { max(reminder.due, failures[reminder.name]?.notBefore ?? .min) }

  // MARK: Recovery

  func restore(_ reminders: [Reminder]) {
    for reminder in reminders { byName[reminder.name] = reminder }
  }

  func replay(_ turn: TurnRecord) {
    if let name = turn.fired { remove(name) }
    for change in turn.reminders { apply(change) }
  }
}
