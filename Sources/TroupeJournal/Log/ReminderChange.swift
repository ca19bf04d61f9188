// What a turn did to its entity's reminders. Part of the turn's record, so that a reminder is set, fired and forgotten with the events of
// the same turn or not at all.
public import TroupeWire

/// A command that an entity will be called with at a time of its own choosing.
public struct Reminder: Hashable, Sendable {
  /// The entity's own; setting one of the same name replaces it.
  public let name: String
  /// Milliseconds since 1970.
  public let due: Int64
  public let method: UInt64
  public let arguments: [UInt8]

  public init(name: String, due: Int64, method: UInt64, arguments: [UInt8]) {
    self.name = name
    self.due = due
    self.method = method
    self.arguments = arguments
  }
}

public enum ReminderChange: Hashable, Sendable {
  case set(Reminder)
  case cancelled(String)
}

extension Reminder: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    var body = try reader.body()
    name = try body.string()
    due = Int64(bitPattern: try body.fixed64())
    method = try body.fixed64()
    arguments = try body.byteArray()
  }

  public func write(to writer: inout Writer) {
    writer.body { body in
      body.string(name)
      body.fixed64(UInt64(bitPattern: due))
      body.fixed64(method)
      body.byteArray(arguments)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType { .bytes }
}

extension ReminderChange: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    var body = try reader.body()
    switch try body.byte() {
    case 0: self = .set(try body.read())
    case 1: self = .cancelled(try body.string())
    case let tag: throw .unknownCase(UInt64(tag), of: "ReminderChange")
    }
  }

  public func write(to writer: inout Writer) {
    writer.body { body in
      switch self {
      case .set(let reminder):
        body.byte(0)
        body.write(reminder)
      case .cancelled(let name):
        body.byte(1)
        body.string(name)
      }
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType { .bytes }
}
