// A JSON text as a value. Numbers stay text until a contract says what they are: 64-bit integers stay exact.

public indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// A number as it is written, for example `9223372036854775807` or `-1.5e3`.
public struct JSONNumber: Hashable, Sendable {
  /// In the grammar of RFC 8259.
  public let text: String

  init(grammatical text: String) { self.text = text }
  public init(_ value: some FixedWidthInteger) { text = String(value) }
  /// Nil for what JSON cannot say: infinities and "not a number".
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// Nil unless written as a whole number, without fraction or exponent, within the bounds of `type`.
  public func whole<T: FixedWidthInteger>(as type: T.Type = T.self) -> T? { T(text) }
  /// Written without fraction or exponent, however large.
  public var isWhole: Bool { !text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") } }
  /// Infinite when the number is beyond a `Double`.
  public var double: Double { Double(text) ?? .nan }
}

/// The members of an object in the order in which they are written, no name twice.
public struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  public private(set) var members: [Member]
  public struct Member: Hashable, Sendable {
    public let name: String
    public let value: JSONValue
  }

  public init() { members = [] }
  public init(dictionaryLiteral elements: (String, JSONValue)...) { members = elements.map(Member.init) }
  init(unique members: [Member]) { self.members = members }

  public mutating func append(_ name: String, _ value: JSONValue) { members.append(Member(name: name, value: value)) }
  /// Looks through the members one by one: for objects with a handful of names, which is what contracts have.
  public subscript(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
  public var isEmpty: Bool { members.isEmpty }
  public var count: Int { members.count }
}

extension JSONValue {
  /// The value in words, for the end of "expected a whole number, found …".
  public var inWords: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let number): "the number \(Self.shortened(number.text))"
    case .string(let text): "the text \"\(Self.shortened(text))\""
    case .array(let values): values.count == 1 ? "a list of 1 value" : "a list of \(values.count) values"
    case .object(let object): object.count == 1 ? "an object with 1 name" : "an object with \(object.count) names"
    }
  }

  /// What is quoted back: enough to recognise, never a page of it, and no control characters.
  static func shortened(_ text: String) -> String {
    let limit = 40
    let visible = text.prefix(limit).unicodeScalars.prefix(2 * limit).map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }
    var short = String(String.UnicodeScalarView(visible))
    if short.utf8.count < text.utf8.count { short += "…" }
    return short
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(nilLiteral: ()) { self = .null }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(unique: elements.map(JSONObject.Member.init)))
  }
}
