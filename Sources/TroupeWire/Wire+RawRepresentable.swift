// A type that wraps another one (`struct SKU: RawRepresentable, Wire`) travels as what it wraps, with no conformance to write.

extension Wire where Self: RawRepresentable, RawValue: Wire {
  @inlinable public init(from reader: inout Reader) throws(WireError) {
    guard let value = Self(rawValue: try RawValue(from: &reader)) else { throw .invalid("\(Self.self)") }
    self = value
  }

  @inlinable public func write(to writer: inout Writer) { rawValue.write(to: &writer) }

  public static func describe(in types: inout TypeTable) -> WireType { RawValue.describe(in: &types) }
}
