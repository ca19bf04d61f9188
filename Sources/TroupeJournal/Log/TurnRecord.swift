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

  public init(
    call: CallID, method: UInt64, argumentsHash: UInt64, status: UInt8, reply: [UInt8], events: [[UInt8]], wallTime: Int64,
    isDelete: Bool, fired: String? = nil, reminders: [ReminderChange] = []
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
      if fired != nil || !reminders.isEmpty {
        body.write(fired)
        body.write(reminders)
      }
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType { .bytes }
}
