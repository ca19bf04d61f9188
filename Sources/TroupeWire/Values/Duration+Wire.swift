// A duration: whole seconds and the attoseconds beyond them, both zigzag varints of one sign. Exact for every `Duration`.

extension Duration: Wire {
  static let attosecondsPerSecond: Int64 = 1_000_000_000_000_000_000

  public init(from reader: inout Reader) throws(WireError) {
    let seconds = try reader.signed(Int64.self)
    let attoseconds = try reader.signed(Int64.self)
    let hasOneSign = seconds == 0 || attoseconds == 0 || (seconds < 0) == (attoseconds < 0)
    guard hasOneSign, attoseconds.magnitude < Self.attosecondsPerSecond.magnitude else { throw .invalid("Duration") }
    self.init(secondsComponent: seconds, attosecondsComponent: attoseconds)
  }

  public func write(to writer: inout Writer) {
    let (seconds, attoseconds) = components
    writer.signed(seconds)
    writer.signed(attoseconds)
  }

  public static func describe(in types: inout TypeTable) -> WireType { .duration }
}
