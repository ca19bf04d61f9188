// A byte that says whether a value follows.

extension Optional: Wire where Wrapped: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) {
    switch try reader.byte() {
    case 0: self = nil
    case 1: self = try Wrapped(from: &reader)
    default: throw .invalid("Optional")
    }
  }

  @inlinable public func write(to writer: inout Writer) {
    switch self {
    case nil: writer.byte(0)
    case let value?:
      writer.byte(1)
      value.write(to: &writer)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType { .optional(Wrapped.describe(in: &types)) }
}
