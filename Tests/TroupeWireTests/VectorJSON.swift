// Just enough JSON to print vectors, one line each, the same text every time.
@testable import TroupeWire

indirect enum VectorJSON {
  case null
  case bool(Bool)
  case number(String)
  case text(String)
  case array([VectorJSON])
  case object([(String, VectorJSON)])

  /// Beyond 2^53 an integer is text, for JSON numbers are doubles to many readers.
  static func integer(_ value: some BinaryInteger) -> VectorJSON {
    value.magnitude <= 1 << 53 ? .number("\(value)") : .text("\(value)")
  }

  static func hex(_ bytes: [UInt8]) -> VectorJSON {
    .text(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  }

  var printed: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let digits): digits
    case .text(let text): "\"\(text.unicodeScalars.map(Self.escaped).joined())\""
    case .array(let elements): "[\(elements.map(\.printed).joined(separator: ", "))]"
    case .object(let members): "{\(members.map { "\"\($0)\": \($1.printed)" }.joined(separator: ", "))}"
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": return "\\\(scalar)"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return String(scalar)
    }
  }
}

extension VectorJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral {
  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: VectorJSON...) { self = .array(elements) }
}

extension VectorJSON: ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral {
  init(dictionaryLiteral elements: (String, VectorJSON)...) { self = .object(elements) }
  init(nilLiteral: ()) { self = .null }
}

extension VectorJSON {
  /// A type as the vectors name it.
  init(_ type: WireType) {
    switch type {
    case .int(let bits): self = .text("int\(bits)")
    case .uint(let bits): self = .text("uint\(bits)")
    case .optional(let wrapped): self = ["optional": VectorJSON(wrapped)]
    case .array(let element): self = ["array": VectorJSON(element)]
    case .set(let element): self = ["set": VectorJSON(element)]
    case .dictionary(let key, let value): self = ["dictionary": [VectorJSON(key), VectorJSON(value)]]
    case .named(let name): self = ["named": .text(name)]
    case .nothing: self = "nothing"
    case .never: self = "never"
    case .bool: self = "bool"
    case .fixed32: self = "fixed32"
    case .fixed64: self = "fixed64"
    case .float: self = "float"
    case .double: self = "double"
    case .string: self = "string"
    case .bytes: self = "bytes"
    case .duration: self = "duration"
    case .uuid: self = "uuid"
    }
  }

  init(_ contract: TypeContract) {
    func list(_ fields: [FieldContract]) -> VectorJSON {
      .array(
        fields.map { field in
          let head: [(String, VectorJSON)] = [("name", .text(field.name)), ("type", VectorJSON(field.type))]
          return .object(head + (field.missing.map { [("missing", .hex($0))] } ?? []))
        })
    }
    switch contract {
    case .structure(let fields): self = ["structure": list(fields)]
    case .enumeration(let cases):
      self = ["enumeration": .array(cases.map { ["name": .text($0.name), "fields": list($0.fields)] })]
    }
  }
}
