// A time of the wall clock in states, events and arguments: milliseconds since 1970, as an `int64`.

public import TroupeNet
public import TroupeWire

extension WallTime: Wire {
  public init(from reader: inout Reader) throws(WireError) { self.init(milliseconds: try Int64(from: &reader)) }

  public func write(to writer: inout Writer) { milliseconds.write(to: &writer) }

  public static func describe(in types: inout TypeTable) -> WireType { Int64.describe(in: &types) }
}
