// The shape of one named type: what `@Wire` saw, with the defaults that a reader takes for what an older writer did not write.

/// One field of a struct, one value of an enum's case, or one parameter of a method.
public struct FieldContract: Hashable, Sendable {
  /// The declared name; a position ("0", "1" …) where an enum's value has no label.
  public var name: String
  public var type: WireType
  /// The encoded default that stands for a missing field; nil when every writer must write it.
  public var missing: [UInt8]?

  public init(name: String, type: WireType, missing: [UInt8]? = nil) {
    self.name = name
    self.type = type
    self.missing = missing
  }
}

/// One case of an enum. Its number on the wire is its place among the cases.
public struct CaseContract: Hashable, Sendable {
  public var name: String
  public var fields: [FieldContract]

  public init(name: String, fields: [FieldContract] = []) {
    self.name = name
    self.fields = fields
  }
}

public enum TypeContract: Hashable, Sendable {
  case structure([FieldContract])
  case enumeration([CaseContract])
}

extension FieldContract: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    name = try reader.read(required: "FieldContract.name")
    type = try reader.read(required: "FieldContract.type")
    missing = try reader.read(or: nil)
    reader.leave(end)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(name)
      $0.write(type)
      $0.write(missing)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("FieldContract", of: Self.self) {
      [$0.field("name", String.self), $0.field("type", WireType.self), $0.field("missing", [UInt8]?.self, default: nil)]
    }
  }
}

extension CaseContract: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    name = try reader.read(required: "CaseContract.name")
    fields = try reader.read(or: [])
    reader.leave(end)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(name)
      $0.write(fields)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("CaseContract", of: Self.self) {
      [$0.field("name", String.self), $0.field("fields", [FieldContract].self, default: [])]
    }
  }
}

extension TypeContract: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    let tag = try reader.varint()
    switch tag {
    case 0: self = .structure(try reader.read(required: "TypeContract.structure"))
    case 1: self = .enumeration(try reader.read(required: "TypeContract.enumeration"))
    default: throw .unknownCase(tag, of: "TypeContract")
    }
    reader.leave(end)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      switch self {
      case .structure(let fields):
        $0.varint(0)
        $0.write(fields)
      case .enumeration(let cases):
        $0.varint(1)
        $0.write(cases)
      }
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.enumeration("TypeContract", of: Self.self) {
      [
        CaseContract(name: "structure", fields: [$0.field("0", [FieldContract].self)]),
        CaseContract(name: "enumeration", fields: [$0.field("0", [CaseContract].self)]),
      ]
    }
  }
}
