// JSON values as text: compact, in the order of the members, the same bytes for the same value.

extension JSONValue {
  /// The value as UTF-8, without white space.
  public var bytes: [UInt8] {
    var printer = JSONPrinter()
    printer.print(self)
    return printer.bytes
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

struct JSONPrinter {
  private(set) var bytes: [UInt8] = []

  mutating func print(_ value: JSONValue) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let number): bytes += number.text.utf8
    case .string(let text): print(text)
    case .array(let values):
      list("[", values, "]") { $0.print($1) }
    case .object(let object):
      list("{", object.members, "}") { printer, member in
        printer.print(member.name)
        printer.bytes.append(UInt8(ascii: ":"))
        printer.print(member.value)
      }
    }
  }

  private mutating func list<T>(_ open: StaticString, _ elements: [T], _ close: StaticString, _ print: (inout JSONPrinter, T) -> Void) {
    bytes += "\(open)".utf8
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      print(&self, element)
    }
    bytes += "\(close)".utf8
  }

  /// Escapes what JSON demands, and "<" as well: so that a value may stand inside a script element of a page.
  private mutating func print(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case 0..<0x20, UInt8(ascii: "<"):
        let digits = Array("0123456789abcdef".utf8)
        bytes += "\\u00".utf8
        bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
