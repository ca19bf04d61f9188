// The two types without a value of interest.

/// What a method without a result answers: no bytes at all. Not for fields or elements; a struct without fields serves there.
public struct Nothing: Hashable, Sendable, Wire {
  @inlinable public init() {}
  @inlinable public init(from reader: inout Reader) throws(WireError) {}
  @inlinable public func write(to writer: inout Writer) {}
  public static func describe(in types: inout TypeTable) -> WireType { .nothing }
}

/// The failure of a method that cannot fail.
extension Never: Wire {
  public init(from reader: inout Reader) throws(WireError) { throw .invalid("Never") }
  public func write(to writer: inout Writer) {}
  public static func describe(in types: inout TypeTable) -> WireType { .never }
}
