// What a type is on the wire, as a value: the JSON door, `explain` and contract files live on it.

/// A type as the wire knows it. Named types are looked up in the contract's table, so that types may refer to themselves.
public indirect enum WireType: Hashable, Sendable {
  case nothing
  case never
  case bool
  /// Signed, of 8 (one byte), 16, 32 or 64 bits (zigzag varint).
  case int(Int)
  /// Unsigned, of 8 (one byte), 16, 32 or 64 bits (varint).
  case uint(Int)
  case fixed32
  case fixed64
  case float
  case double
  case string
  case bytes
  case duration
  case uuid
  case optional(WireType)
  case array(WireType)
  case dictionary(WireType, WireType)
  case set(WireType)
  case named(String)
}

extension WireType: CustomStringConvertible {
  /// As one would write it in Swift: `[String: Int64]`, `Cart.State?`.
  public var description: String {
    switch self {
    case .nothing: "Void"
    case .never: "Never"
    case .bool: "Bool"
    case .int(let bits): "Int\(bits)"
    case .uint(let bits): "UInt\(bits)"
    case .fixed32: "Fixed32"
    case .fixed64: "Fixed64"
    case .float: "Float"
    case .double: "Double"
    case .string: "String"
    case .bytes: "Bytes"
    case .duration: "Duration"
    case .uuid: "UUID"
    case .optional(let wrapped): "\(wrapped)?"
    case .array(let element): "[\(element)]"
    case .dictionary(let key, let value): "[\(key): \(value)]"
    case .set(let element): "Set<\(element)>"
    case .named(let name): name
    }
  }
}
