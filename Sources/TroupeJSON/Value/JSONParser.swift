// RFC 8259, and strict where it leaves a choice: one value and nothing behind it, names in an object once, valid UTF-8, no lone
// surrogates, bounded depth and size. Reads bytes, so that every problem has an exact offset.

extension JSONValue {
  /// Reads one JSON text.
  ///
  /// - Throws: a `.malformed` problem with the offset of the first byte that is wrong.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONProblem) {
    guard bytes.count <= limits.bytes else {
      let message = "the text is \(bytes.count) bytes long, at most \(limits.bytes) are read"
      throw JSONProblem(kind: .malformed, message: message, offset: limits.bytes)
    }
    do { _ = try UTF8Span(validating: bytes.span) } catch {
      throw JSONProblem(kind: .malformed, message: "this is not valid UTF-8", offset: error.byteOffsets.lowerBound)
    }
    var parser = JSONParser(bytes: bytes, depthLimit: limits.depth)
    self = try parser.document()
  }
}

struct JSONParser {
  /// Valid UTF-8, checked before.
  let bytes: [UInt8]
  let depthLimit: Int
  private(set) var offset = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func advance(_ count: Int = 1) { offset += count }

  func problem(_ message: String, at place: Int? = nil) -> JSONProblem {
    JSONProblem(kind: .malformed, message: message, offset: place ?? offset)
  }

  /// The next byte in words, for the end of "expected a value, found …".
  var found: String {
    guard let next else { return "the end" }
    guard let character = String(decoding: bytes[offset...].prefix(4), as: UTF8.self).first, next > 0x20, next != 0x7f else {
      let digits = String(next, radix: 16)
      return "the byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
    }
    return "\"\(JSONValue.shortened(String(character.unicodeScalars.prefix(1))))\""
  }

  mutating func document() throws(JSONProblem) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard next == nil else { throw problem("expected nothing after the value, found \(found)") }
    return value
  }

  private mutating func skipSpace() {
    while let next, next == 0x20 || next == 0x0a || next == 0x0d || next == 0x09 { advance() }
  }

  private mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw problem("expected a value, found \(found)")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
    let expected = Array("\(word)".utf8)
    guard bytes[offset...].starts(with: expected) else { throw problem("expected \(word)") }
    advance(expected.count)
    return value
  }

  /// Steps over the opening bracket and says so when the value is nested too deep.
  private mutating func open(depth: Int) throws(JSONProblem) {
    guard depth <= depthLimit else { throw problem("lists and objects are nested more than \(depthLimit) deep") }
    advance()
    skipSpace()
  }

  private mutating func array(depth: Int) throws(JSONProblem) -> [JSONValue] {
    try open(depth: depth)
    var values: [JSONValue] = []
    if next == UInt8(ascii: "]") {
      advance()
      return values
    }
    while true {
      values.append(try value(depth: depth))
      skipSpace()
      switch next {
      case UInt8(ascii: ","): advance()
      case UInt8(ascii: "]"):
        advance()
        return values
      default: throw problem("expected \",\" or \"]\" in a list, found \(found)")
      }
    }
  }

  private mutating func object(depth: Int) throws(JSONProblem) -> JSONObject {
    try open(depth: depth)
    var members: [JSONObject.Member] = []
    var names: Set<String> = []
    if next == UInt8(ascii: "}") {
      advance()
      return JSONObject(unique: members)
    }
    while true {
      skipSpace()
      let place = offset
      guard next == UInt8(ascii: "\"") else { throw problem("expected a name in quotes, found \(found)") }
      let name = try string()
      guard names.insert(name).inserted else { throw problem("the name \"\(JSONValue.shortened(name))\" is there twice", at: place) }
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw problem("expected \":\" after a name, found \(found)") }
      advance()
      members.append(.init(name: name, value: try value(depth: depth)))
      skipSpace()
      switch next {
      case UInt8(ascii: ","): advance()
      case UInt8(ascii: "}"):
        advance()
        return JSONObject(unique: members)
      default: throw problem("expected \",\" or \"}\" in an object, found \(found)")
      }
    }
  }
}
