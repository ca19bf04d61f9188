// What an entity remembers of commands that took effect, so that a retry is answered and not run again. Part of the state:
// rebuilt from the log and carried in snapshots.

struct DedupeWindow: Sendable {
  /// An entry leaves when its caller has acknowledged it or after this long.
  static let age: Duration = .seconds(60)
  /// A full window refuses new commands; it never forgets one early.
  static let limit = 1_024

  enum Verdict {
    case new
    /// It took effect: this was its answer.
    case done(status: UInt8, reply: [UInt8])
    /// The same id with another method or other arguments.
    case reused
    case full
  }

  private(set) var entries: [DedupeEntry] = []

  init() {}

  mutating func admit(_ call: CallID, lowestOpen: UInt64, method: UInt64, argumentsHash: UInt64, now: WallTime) -> Verdict {
    prune(caller: call.caller, below: lowestOpen, now: now)
    for entry in entries where entry.call == call {
      guard entry.method == method, entry.argumentsHash == argumentsHash else { return .reused }
      return .done(status: entry.status, reply: entry.reply)
    }
    return entries.count < Self.limit ? .new : .full
  }

  /// Lets go of what is too old, whoever it was for.
  mutating func prune(now: WallTime) {
    let oldest = now.milliseconds - Self.age.milliseconds
    entries.removeAll { $0.wallTime.milliseconds < oldest }
  }

  mutating func remember(_ entry: DedupeEntry) { entries.append(entry) }

  mutating func restore(_ old: [DedupeEntry]) { entries = old }

  private mutating func prune(caller: UInt64, below lowestOpen: UInt64, now: WallTime) {
    guard !entries.isEmpty else { return }
    let oldest = now.milliseconds - Self.age.milliseconds
    entries.removeAll { entry in
      (entry.call.caller == caller && entry.call.sequence < lowestOpen) || entry.wallTime.milliseconds < oldest
    }
  }
}

struct DedupeEntry: Sendable {
  let call: CallID
  let method: UInt64
  let argumentsHash: UInt64
  let status: UInt8
  let reply: [UInt8]
  let wallTime: WallTime
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

extension Duration {
  /// Rounded down.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
