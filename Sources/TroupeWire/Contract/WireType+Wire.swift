// A type as bytes: a body with a tag, like any `@Wire` enum. The tags are fixed; new ones are appended.

extension WireType: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    let tag = try reader.varint()
    switch tag {
    case 0: self = .nothing
    case 1: self = .never
    case 2: self = .bool
    case 3: self = .int(try reader.read(required: "WireType.int"))
    case 4: self = .uint(try reader.read(required: "WireType.uint"))
    case 5: self = .fixed32
    case 6: self = .fixed64
    case 7: self = .float
    case 8: self = .double
    case 9: self = .string
    case 10: self = .bytes
    case 11: self = .duration
    case 12: self = .uuid
    case 13: self = .optional(try reader.read(required: "WireType.optional"))
    case 14: self = .array(try reader.read(required: "WireType.array"))
    case 15: self = .dictionary(try reader.read(required: "WireType.key"), try reader.read(required: "WireType.value"))
    case 16: self = .set(try reader.read(required: "WireType.set"))
    case 17: self = .named(try reader.read(required: "WireType.named"))
    default: throw .unknownCase(tag, of: "WireType")
    }
    reader.leave(end)
  }

  public func write(to writer: inout Writer) {
    writer.body { body in
      body.varint(tag)
      switch self {
      case .int(let bits), .uint(let bits): body.write(bits)
      case .optional(let type), .array(let type), .set(let type): body.write(type)
      case .dictionary(let key, let value):
        body.write(key)
        body.write(value)
      case .named(let name): body.write(name)
      default: break
      }
    }
  }

  private var tag: UInt64 {
    switch self {
    case .nothing: 0
    case .never: 1
    case .bool: 2
    case .int: 3
    case .uint: 4
    case .fixed32: 5
    case .fixed64: 6
    case .float: 7
    case .double: 8
    case .string: 9
    case .bytes: 10
    case .duration: 11
    case .uuid: 12
    case .optional: 13
    case .array: 14
    case .dictionary: 15
    case .set: 16
    case .named: 17
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.enumeration("WireType", of: Self.self) { types in
      func of(_ name: String, _ fields: FieldContract...) -> CaseContract { CaseContract(name: name, fields: fields) }
      let (bits, type) = (types.field("0", Int.self), types.field("0", WireType.self))
      return [
        of("nothing"), of("never"), of("bool"), of("int", bits), of("uint", bits), of("fixed32"), of("fixed64"), of("float"),
        of("double"), of("string"), of("bytes"), of("duration"), of("uuid"), of("optional", type), of("array", type),
        of("dictionary", type, types.field("1", WireType.self)), of("set", type), of("named", types.field("0", String.self)),
      ]
    }
  }
}
