// What an entity remembers of commands that took effect, so that a retry is answered and not run again. Part of the state:
// rebuilt from the log and carried in snapshots.

struct DedupeWindow: Sendable {
  /// An entry leaves when its caller has acknowledged it or after this long.
  static let age: Duration = .seconds(60)
  private static let ageMilliseconds = age.wholeMilliseconds
  /// A full window refuses new commands; it never forgets one early.
  static let limit = 1_024
  /// One whose key an outside client chose: nobody acknowledges it, and he may come again tomorrow.
  static let keyedAge: Duration = .seconds(86_400)
  /// Of those, and bytes of their replies: they stand in every snapshot.
  static let keyedLimit = 4_096
  static let keyedBytes = 2 << 20
  /// Entries that an empty window keeps memory for.
  private static let keptCapacity = 4

  enum Verdict {
    case new
    /// It took effect: this was its answer.
    case done(status: UInt8, reply: [UInt8])
    /// The same id with another method or other arguments.
    case reused
    case full
  }

  /// Of callers that count their calls: few, since they acknowledge.
  private var counted: [DedupeEntry] = []
  /// Of keys.
  private var keyed: [CallID: DedupeEntry] = [:]
  private var keyedReplies = 0

  init() {}

  /// For a snapshot, those with keys last and the oldest of them first.
  var entries: [DedupeEntry] {
    counted + keyed.values.sorted { ($0.wallTime, $0.call.sequence) < ($1.wallTime, $1.call.sequence) }
  }

  var isEmpty: Bool { counted.isEmpty && keyed.isEmpty }

  mutating func admit(_ call: CallID, lowestOpen: UInt64, method: UInt64, argumentsHash: UInt64, now: WallTime) -> Verdict {
    if Sabotage.dedupe.isOn { return .new }
    if call.isKeyed { return admit(keyed: call, method: method, argumentsHash: argumentsHash, now: now) }
    prune(caller: call.caller, below: lowestOpen, now: now)
    if let entry = counted.first(where: { $0.call == call }) { return entry.verdict(on: method, argumentsHash) }
    return counted.count < Self.limit ? .new : .full
  }

  private mutating func admit(keyed call: CallID, method: UInt64, argumentsHash: UInt64, now: WallTime) -> Verdict {
    let oldest = now.milliseconds - Self.keyedAge.wholeMilliseconds
    if let entry = keyed[call], entry.wallTime.milliseconds >= oldest { return entry.verdict(on: method, argumentsHash) }
    if keyed.count >= Self.keyedLimit || keyedReplies >= Self.keyedBytes { pruneKeyed(before: oldest) }
    return keyed.count < Self.keyedLimit && keyedReplies < Self.keyedBytes ? .new : .full
  }

  /// Lets go of what is too old, whoever it was for.
  mutating func prune(now: WallTime) {
    let oldest = now.milliseconds - Self.ageMilliseconds
    counted.removeAll { $0.wallTime.milliseconds < oldest }
    if !keyed.isEmpty { pruneKeyed(before: now.milliseconds - Self.keyedAge.wholeMilliseconds) }
  }

  private mutating func pruneKeyed(before oldest: Int64) {
    keyed = keyed.filter { $0.value.wallTime.milliseconds >= oldest }
    keyedReplies = keyed.values.reduce(0) { $0 + $1.reply.count }
  }

  mutating func remember(_ entry: DedupeEntry) {
    guard entry.call.isKeyed else { return counted.append(entry) }
    keyedReplies += entry.reply.count - (keyed.updateValue(entry, forKey: entry.call)?.reply.count ?? 0)
  }

  mutating func restore(_ old: [DedupeEntry]) {
    self = DedupeWindow()
    for entry in old { remember(entry) }
  }

  private mutating func prune(caller: UInt64, below lowestOpen: UInt64, now: WallTime) {
    guard !counted.isEmpty else { return }
    let oldest = now.milliseconds - Self.ageMilliseconds
    guard counted.allSatisfy({ $0.isOver(caller, lowestOpen, oldest) }) else {
      return counted.removeAll { $0.isOver(caller, lowestOpen, oldest) }
    }
    // Nearly always: whoever calls has heard the last answer. The next entry takes the same memory.
    counted.removeAll(keepingCapacity: counted.capacity <= Self.keptCapacity)
  }
}

struct DedupeEntry: Sendable {
  let call: CallID
  let method: UInt64
  let argumentsHash: UInt64
  let status: UInt8
  let reply: [UInt8]
  let wallTime: WallTime

  /// Its caller has acknowledged it, or it is too old.
  @inline(__always) fileprivate func isOver(_ caller: UInt64, _ lowestOpen: UInt64, _ oldest: Int64) -> Bool {
    (call.caller == caller && call.sequence < lowestOpen) || wallTime.milliseconds < oldest
  }

  fileprivate func verdict(on method: UInt64, _ argumentsHash: UInt64) -> DedupeWindow.Verdict {
    guard self.method == method, self.argumentsHash == argumentsHash else { return .reused }
    return .done(status: status, reply: reply)
  }
}

extension DedupeEntry: Wire {
  init(from reader: inout Reader) throws(WireError) {
    var body = try reader.body()
    call = CallID(caller: try body.fixed64(), sequence: try body.fixed64())
    method = try body.fixed64()
    argumentsHash = try body.fixed64()
    status = try body.byte()
    reply = try body.read([UInt8].self)
    wallTime = WallTime(milliseconds: try body.read(Int64.self))
  }

  func write(to writer: inout Writer) {
    writer.body {
      $0.fixed64(call.caller)
      $0.fixed64(call.sequence)
      $0.fixed64(method)
      $0.fixed64(argumentsHash)
      $0.byte(status)
      $0.write(reply)
      $0.write(wallTime.milliseconds)
    }
  }

  static func describe(in types: inout TypeTable) -> WireType { .bytes }
}
