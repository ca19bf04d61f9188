// Strings and numbers of the parser.

extension JSONParser {
  /// From the opening quote to behind the closing one. Stretches without an escape are copied whole.
  mutating func string() throws(JSONProblem) -> String {
    let opening = offset
    advance()
    var text = ""
    var stretch = offset
    while true {
      switch next {
      case nil: throw problem("this text has no closing quote", at: opening)
      case UInt8(ascii: "\""):
        text += String(decoding: bytes[stretch..<offset], as: UTF8.self)
        advance()
        return text
      case UInt8(ascii: "\\"):
        text += String(decoding: bytes[stretch..<offset], as: UTF8.self)
        text.unicodeScalars.append(try escape())
        stretch = offset
      case .some(0..<0x20): throw problem("a control character in a text must be escaped, found \(found)")
      default: advance()
      }
    }
  }

  private mutating func escape() throws(JSONProblem) -> Unicode.Scalar {
    let place = offset
    advance()
    let letter = next
    advance()
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar(at: place)
    default: throw problem("unknown escape in a text", at: place)
    }
  }

  /// One `\uXXXX`, or two that are a pair of surrogates.
  private mutating func escapedScalar(at place: Int) throws(JSONProblem) -> Unicode.Scalar {
    let first = try fourDigits(at: place)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, next == UInt8(ascii: "\\"), offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u") else {
      throw problem("half of a surrogate pair is no character", at: place)
    }
    advance(2)
    let second = try fourDigits(at: place)
    guard (0xdc00...0xdfff).contains(second), let scalar = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)) else {
      throw problem("half of a surrogate pair is no character", at: place)
    }
    return scalar
  }

  private mutating func fourDigits(at place: Int) throws(JSONProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let next, let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
        throw problem("expected four hexadecimal digits after \\u", at: place)
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    return value
  }

  mutating func number() throws(JSONProblem) -> JSONNumber {
    let start = offset
    if next == UInt8(ascii: "-") { advance() }
    let leading = offset
    try digits("a number")
    guard bytes[leading] != UInt8(ascii: "0") || offset == leading + 1 else { throw problem("a number has no leading zeros", at: start) }
    if next == UInt8(ascii: ".") {
      advance()
      try digits("the fraction of a number")
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      advance()
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { advance() }
      try digits("the exponent of a number")
    }
    guard offset - start <= JSONLimits.numberLength else {
      throw problem("a number of \(offset - start) characters, at most \(JSONLimits.numberLength) are read", at: start)
    }
    return JSONNumber(grammatical: String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  private mutating func digits(_ whose: String) throws(JSONProblem) {
    let start = offset
    while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { advance() }
    guard offset > start else { throw problem("expected a digit of \(whose), found \(found)") }
  }
}
