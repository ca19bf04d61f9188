// What the log keeps of one turn: its events, and what is needed to answer a retry of its call without running it again.
public import TroupeWire

/// One turn of one entity.
///
/// New fields go to the end, with a default: older nodes skip them, newer ones fill them in.
public struct TurnRecord: Hashable, Sendable {
  public var call: CallID
  public var method: UInt64
  /// Of the arguments' bytes: the same id with other arguments is refused.
  public var argumentsHash: UInt64
  /// The reply's status as frames carry it.
  public var status: UInt8
  public var reply: [UInt8]
  public var events: [[UInt8]]
  /// Milliseconds since 1970; shown and stored, never decided on.
  public var wallTime: Int64
  /// The entity ended with this turn.
  public var isDelete: Bool
  /// The reminder whose command this turn ran; it is done. Such a turn answers no call.
  public var fired: String?
  /// In the order in which the turn made them; after `fired` was taken out.
  public var reminders: [ReminderChange]
  /// Calls to the entity that have begun and not ended, all that there are from here on. Such a record is of no turn: it answers no call
  /// and holds no events. Nil in all others.
  public var attempts: [Beginning]?

  public init(
    call: CallID, method: UInt64, argumentsHash: UInt64, status: UInt8, reply: [UInt8], events: [[UInt8]], wallTime: Int64,
    isDelete: Bool, fired: String? = nil, reminders: [ReminderChange] = [], attempts: [Beginning]? = nil
  ) {
    self.call = call
    self.method = method
    self.argumentsHash = argumentsHash
    self.status = status
    self.reply = reply
    self.events = events
    self.wallTime = wallTime
    self.isDelete = isDelete
    self.fired = fired
    self.reminders = reminders
    self.attempts = attempts
  }

  /// Who runs what, told before it runs.
  public init(attempts: [Beginning], wallTime: Int64) {
    self.init(
      call: CallID(caller: 0, sequence: 0), method: 0, argumentsHash: 0, status: 0, reply: [], events: [], wallTime: wallTime,
      isDelete: false, attempts: attempts)
  }
}

extension TurnRecord: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    var body = try reader.body()
    call = CallID(caller: try body.fixed64(), sequence: try body.fixed64())
    method = try body.fixed64()
    argumentsHash = try body.fixed64()
    status = try body.byte()
    wallTime = Int64(bitPattern: try body.fixed64())
    isDelete = try body.read()
    reply = try body.byteArray()
    events = try body.read()
    // Most turns have nothing to do with reminders, and say nothing of them.
    (fired, reminders) = body.isAtEnd ? (nil, []) : (try body.read(), try body.read())
    attempts = body.isAtEnd ? nil : try body.read([Beginning].self)
  }

  public func write(to writer: inout Writer) {
    writer.body { body in
      body.fixed64(call.caller)
      body.fixed64(call.sequence)
      body.fixed64(method)
      body.fixed64(argumentsHash)
      body.byte(status)
      body.fixed64(UInt64(bitPattern: wallTime))
      body.write(isDelete)
      body.byteArray(reply)
      body.write(events)
      if fired != nil || !reminders.isEmpty || attempts != nil {
        body.write(fired)
        body.write(reminders)
      }
      if let attempts { body.write(attempts) }
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType { .bytes }
}
