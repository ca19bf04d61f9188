// A call that may end its process, written down before it runs: whoever takes the shard over then knows what the last owner died of.
public import TroupeWire

/// One beginning of one call.
public struct Beginning: Hashable, Sendable {
  public var call: CallID
  public var method: UInt64
  /// The process that runs it: if that is the reader's own, it has not died of it.
  public var writer: WriterID
  /// Milliseconds since 1970.
  public var wallTime: Int64

  public init(call: CallID, method: UInt64, writer: WriterID, wallTime: Int64) {
    self.call = call
    self.method = method
    self.writer = writer
    self.wallTime = wallTime
  }
}

extension Beginning: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    var body = try reader.body()
    call = CallID(caller: try body.fixed64(), sequence: try body.fixed64())
    method = try body.fixed64()
    writer = WriterID(try body.fixed64())
    wallTime = Int64(bitPattern: try body.fixed64())
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.fixed64(call.caller)
      $0.fixed64(call.sequence)
      $0.fixed64(method)
      $0.fixed64(self.writer.value)
      $0.fixed64(UInt64(bitPattern: wallTime))
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType { .bytes }
}
