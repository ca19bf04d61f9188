// Entities of one shard with calls that may end the process that runs them. A pure machine: what the log says of earlier attempts goes in, and
// what is to be done with a call comes out. See ADR 0025.

struct Suspects {
  /// Entities at once, a shard. Past it further orphans are refused.
  static let limit = 1_024
  /// Of one entity, begun here and not ended. Further ones wait.
  static let attemptLimit = 16
  /// After so long without another death it counts as any other.
  static let memory: Duration = .seconds(24 * 3_600)

  enum Verdict: Equatable {
    /// Runs as any other call.
    case free
    /// Is written down first.
    case attempt
    /// Others before it are being written, or have not ended.
    case waits
    case quarantined(Beginning, deaths: Int, until: WallTime)
    case full
  }

  struct Entry {
    /// Begun by processes that are gone, and never ended: of each process the last of each method. Oldest first.
    var unfinished: [Beginning] = []
    /// When this owner found them. Their own times were told by another clock, and the shard may have been long on its way.
    var found = WallTime(milliseconds: 0)
    /// Begun by this one.
    var underWay: [Beginning] = []
    /// Of those, written but not durable yet.
    var beingWritten = 0
    var waiting: [ParkedCall] = []

    var all: [Beginning] { unfinished + underWay }
    var isEmpty: Bool { unfinished.isEmpty && underWay.isEmpty && waiting.isEmpty }
    /// Only those of this process count: they end. What earlier ones left never does, and whoever waited for it would wait for ever.
    var isFull: Bool { underWay.count >= Suspects.attemptLimit }
    /// A process may have had several under way when it ended.
    var deaths: Int { Set(unfinished.map(\.writer)).count }

    func quarantine(at now: WallTime, _ policy: QuarantinePolicy) -> Verdict? {
      guard let last = unfinished.last else { return nil }
      let pause = policy.pause(after: deaths)
      let until = found + pause
      return now < until ? .quarantined(last, deaths: deaths, until: until) : nil
    }

    mutating func forget(_ now: WallTime) {
      unfinished.removeAll { $0.wallTime < (now - Suspects.memory).milliseconds }
    }
  }

  private(set) var entries: [Shard.TailKey: Entry] = [:]
  /// Entities of which the log still says that this process has begun something: it has forgotten that with its memory.
  private(set) var overstated: [Shard.TailKey] = []

  private let policy: QuarantinePolicy

  init(_ policy: QuarantinePolicy) { self.policy = policy }

  /// What the records of a log's tail say; nil when that is nothing.
  init?(in records: [StoredRecord], of writer: WriterID, now: WallTime, _ policy: QuarantinePolicy) {
    self.policy = policy
    for record in records where record.turn.attempts != nil || !entries.isEmpty {
      let key = Shard.TailKey(kind: record.kind, entity: record.entity)
      if let attempts = record.turn.attempts {
        entries[key] = Entry(unfinished: attempts, found: now)
      } else if let attempt = entries[key]?.unfinished.first(where: { $0.hasEnded(with: record.turn) }) {
        // It died after its turn, and before it could say so.
        // Others that it had under way may still be what it died of.
        entries[key]!.unfinished.removeAll { $0 == attempt || $0.method == attempt.method && $0.writer != attempt.writer }
      }
    }
    for (key, entry) in entries {
      // What this process has begun, it has not died of. And nothing was begun later than now.
      let others = entry.unfinished.filter { $0.writer != writer }.map { $0.notAfter(now) }
      if others.count < entry.unfinished.count { overstated.append(key) }
      entries[key]!.unfinished = Self.lastOfEach(others)
      entries[key]!.forget(now)
    }
    entries = entries.filter { !$0.value.unfinished.isEmpty }
    overstated.sort(by: Self.inOrder)
    if entries.isEmpty, overstated.isEmpty { return nil }
  }

  /// How often a process had begun a method says nothing more, and would fill the log's records.
  private static func lastOfEach(_ attempts: [Beginning]) -> [Beginning] {
    attempts.indices.compactMap { index in
      let one = attempts[index]
      let hasLater = attempts[(index + 1)...].contains { $0.writer == one.writer && $0.method == one.method }
      return hasLater ? nil : one
    }
  }

  private static func inOrder(_ left: Shard.TailKey, _ right: Shard.TailKey) -> Bool {
    (left.kind, left.entity) < (right.kind, right.entity)
  }

  var inOrder: [(key: Shard.TailKey, entry: Entry)] {
    entries.sorted { Self.inOrder($0.key, $1.key) }.map { ($0.key, $0.value) }
  }

  /// Of an entity's calls, whatever they are; nil when it is in none.
  func quarantine(of key: Shard.TailKey, at now: WallTime) -> Verdict? { entries[key]?.quarantine(at: now, policy) }

  // MARK: Calls

  func verdict(on key: Shard.TailKey, _ method: UInt64, isOrphan: Bool, now: WallTime) -> Verdict {
    guard let entry = entries[key] else { return !isOrphan ? .free : entries.count < Self.limit ? .attempt : .full }
    return entry.waiting.isEmpty ? verdict(on: entry, method, isOrphan, now) : entry.quarantine(at: now, policy) ?? .waits
  }

  private func verdict(on entry: Entry, _ method: UInt64, _ isOrphan: Bool, _ now: WallTime) -> Verdict {
    if let quarantine = entry.quarantine(at: now, policy) { return quarantine }
    let isSuspect = isOrphan || entry.unfinished.contains { $0.method == method }
    // Those that are written one behind the other begin in that order.
    if isSuspect { return entry.isFull ? .waits : .attempt }
    return entry.beingWritten > 0 ? .waits : .free
  }

  /// Answers what the log is to say of the entity.
  mutating func begin(_ attempt: Beginning, of key: Shard.TailKey) -> [Beginning] {
    entries[key, default: Entry()].underWay.append(attempt)
    entries[key]!.beingWritten += 1
    return entries[key]!.all
  }

  /// It is durable, or will never be.
  mutating func written(_ key: Shard.TailKey) {
    if entries[key] != nil { entries[key]!.beingWritten -= 1 }
  }

  /// The process has survived it. Answers what the log is to say of the entity; nil when it need not say anything.
  ///
  /// - Parameter hasRun: whether it came to its end, and was not just answered.
  mutating func ended(_ attempt: Beginning, of key: Shard.TailKey, hasRun: Bool) -> [Beginning]? {
    guard let index = entries[key]?.underWay.firstIndex(of: attempt) else { return nil }
    entries[key]!.underWay.remove(at: index)
    if hasRun { entries[key]!.unfinished.removeAll { $0.method == attempt.method } }
    defer { if entries[key]!.isEmpty { entries[key] = nil } }
    return entries[key]!.all
  }

  mutating func forget(_ now: WallTime) {
    for key in entries.keys { entries[key]!.forget(now) }
    entries = entries.filter { !$0.value.isEmpty }
  }

  // MARK: Who waits

  /// False when too many do.
  mutating func wait(_ call: ParkedCall, for key: Shard.TailKey) -> Bool {
    guard let entry = entries[key], entry.waiting.count < Activation.mailboxLimit else { return false }
    entries[key]!.waiting.append(call)
    return true
  }

  /// The first of an entity's waiting calls that need not wait any more, and what is to be done with it.
  mutating func nextWaiting(of key: Shard.TailKey, now: WallTime) -> (call: ParkedCall, verdict: Verdict)? {
    guard let entry = entries[key], let first = entry.waiting.first else { return nil }
    let verdict = verdict(on: entry, first.method, first.facts.isOrphan, now)
    guard verdict != .waits else { return nil }
    entries[key]!.waiting.removeFirst()
    if entries[key]!.isEmpty { entries[key] = nil }
    return (first, verdict)
  }

  /// All of them, each entity's in their order.
  mutating func takeWaiting() -> [ParkedCall] {
    defer {
      for key in entries.keys { entries[key]!.waiting = [] }
      entries = entries.filter { !$0.value.isEmpty }
    }
    return inOrder.flatMap(\.entry.waiting)
  }

  /// Those whose time is up, each entity's in their order.
  mutating func takeExpired(at now: Instant) -> [ParkedCall] {
    var expired: [ParkedCall] = []
    for (key, entry) in inOrder where entry.waiting.contains(where: { $0.facts.deadline <= now }) {
      expired += entry.waiting.filter { $0.facts.deadline <= now }
      entries[key]!.waiting.removeAll { $0.facts.deadline <= now }
    }
    return expired
  }

  /// Takes one out that its caller has taken back.
  mutating func takeWaiting(_ call: CallOrigin) -> ParkedCall? {
    for (key, entry) in entries {
      guard let index = entry.waiting.firstIndex(where: { $0.sink.isFrom(call) }) else { continue }
      return entries[key]!.waiting.remove(at: index)
    }
    return nil
  }
}

extension Beginning {
  /// Whether this is the turn that was attempted.
  fileprivate func hasEnded(with turn: TurnRecord) -> Bool {
    method == SystemMethod.remind ? turn.fired != nil : turn.fired == nil && turn.call == call
  }

  fileprivate func notAfter(_ now: WallTime) -> Beginning {
    Beginning(call: call, method: method, writer: writer, wallTime: min(wallTime, now.milliseconds))
  }
}
