// How a member stands in a view.
public import TroupeWire

extension Member: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let outer = try reader.enter()
    id = try reader.read(required: "Member.id")
    incarnation = try reader.read(required: "Member.incarnation")
    addresses = try reader.read(required: "Member.addresses")
    zone = try reader.read(required: "Member.zone")
    weight = try reader.read(required: "Member.weight")
    version = try reader.read(required: "Member.version")
    state = try reader.read(required: "Member.state")
    reader.leave(outer)
    guard (0...Self.weightLimit).contains(weight) else { throw .outOfRange("Member.weight") }
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(id)
      $0.write(incarnation)
      $0.write(addresses)
      $0.write(zone)
      $0.write(weight)
      $0.write(version)
      $0.write(state)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("Member", of: Member.self) {
      [
        $0.field("id", NodeID.self), $0.field("incarnation", Incarnation.self), $0.field("addresses", [String].self),
        $0.field("zone", String.self), $0.field("weight", Int.self), $0.field("version", String.self),
        $0.field("state", State.self),
      ]
    }
  }
}

extension Member.State: Wire {}

extension IncarnationName: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let outer = try reader.enter()
    id = try reader.read(required: "IncarnationName.id")
    incarnation = try reader.read(required: "IncarnationName.incarnation")
    reader.leave(outer)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(id)
      $0.write(incarnation)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("IncarnationName", of: IncarnationName.self) {
      [$0.field("id", NodeID.self), $0.field("incarnation", Incarnation.self)]
    }
  }
}
