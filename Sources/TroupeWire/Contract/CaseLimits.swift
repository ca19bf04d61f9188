// New cases that not everybody knows: how many cases of each enumeration may be written, and the look through the bytes of a value that
// finds one beyond them. Used for events and states, whose readers may be of an older version.

/// Of a kind: the cases that its enumerations may have in what is written. An enumeration without a limit may have all of its own.
public struct CaseLimits: Hashable, Sendable {
  public struct Limit: Hashable, Sendable {
    /// Cases with this number and higher ones are new.
    public var count: Int
    /// Who does not know them.
    public var reason: String

    public init(count: Int, reason: String) {
      self.count = count
      self.reason = reason
    }
  }

  /// By the name of the enumeration in the kind's contract.
  public private(set) var limits: [String: Limit] = [:]

  public init() {}

  public var isEmpty: Bool { limits.isEmpty }

  /// Takes the lower of two limits.
  public mutating func lower(_ type: String, to count: Int, because reason: String) {
    if let known = limits[type], known.count <= count { return }
    limits[type] = Limit(count: count, reason: reason)
  }

  public mutating func merge(_ other: CaseLimits) {
    for (type, limit) in other.limits { lower(type, to: limit.count, because: limit.reason) }
  }

  /// The first new case in a value of `type`, as a sentence's beginning: "'gifted' of Cart.Event, which n2 does not know"; nil when there is
  /// none. Bytes that do not hold such a value have none that we could name.
  public func newCase(in bytes: [UInt8], of type: WireType, _ types: [String: TypeContract]) -> String? {
    guard !isEmpty else { return nil }
    var reader = Reader(bytes.span.bytes)
    var look = CaseLook(types: types, limits: limits)
    try? look.pass(type, &reader)
    return look.found
  }
}

/// Steps over a value as its contract says it, and stops at the first case that is new.
private struct CaseLook {
  let types: [String: TypeContract]
  let limits: [String: CaseLimits.Limit]
  var found: String?

  mutating func pass(_ type: WireType, _ reader: inout Reader) throws(WireError) {
    guard found == nil else { return }
    switch type {
    case .nothing, .never: return
    case .bool, .int(8), .uint(8): try reader.skip(1)
    case .int, .uint: _ = try reader.varint()
    case .fixed32, .float: try reader.skip(4)
    case .fixed64, .double: try reader.skip(8)
    case .uuid: try reader.skip(16)
    case .string, .bytes: try reader.skip(try reader.length())
    case .duration:
      _ = try reader.varint()
      _ = try reader.varint()
    case .optional(let wrapped): if try reader.byte() == 1 { try pass(wrapped, &reader) }
    case .array(let element), .set(let element):
      let count = try reader.count(stride: 0)
      for _ in 0..<count where found == nil { try pass(element, &reader) }
    case .dictionary(let key, let value):
      let count = try reader.count(stride: 0)
      for _ in 0..<count where found == nil {
        try pass(key, &reader)
        try pass(value, &reader)
      }
    case .named(let name): try passNamed(name, &reader)
    }
  }

  private mutating func passNamed(_ name: String, _ reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    switch types[name] {
    case .structure(let fields)?: try pass(fields, &reader)
    case .enumeration(let cases)?:
      let tag = try reader.varint()
      guard tag < UInt64(cases.count) else { throw .unknownCase(tag, of: name) }
      if let limit = limits[name], tag >= UInt64(limit.count) {
        found = "'\(cases[Int(tag)].name)' of \(name), which \(limit.reason)"
        return
      }
      try pass(cases[Int(tag)].fields, &reader)
    case nil: break
    }
    reader.leave(end)
  }

  private mutating func pass(_ fields: [FieldContract], _ reader: inout Reader) throws(WireError) {
    for field in fields where found == nil && !reader.isAtEnd { try pass(field.type, &reader) }
  }
}
