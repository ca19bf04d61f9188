// JSON text to values: what is accepted, and where what is not goes wrong.

import Testing

@testable import TroupeJSON

private func parse(_ text: String, depth: Int = 64) throws(JSONProblem) -> JSONValue {
  try JSONValue(parsing: Array(text.utf8), limits: JSONLimits(depth: depth))
}

private func problem(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONProblem? {
  do throws(JSONProblem) {
    _ = try JSONValue(parsing: bytes, limits: limits)
    return nil
  } catch { return error }
}

@Suite("JSON parser") struct JSONParserTests {
  @Test("values of every kind")
  func values() throws {
    #expect(try parse("null") == .null)
    #expect(try parse(" true\n") == true)
    #expect(try parse("[]") == [])
    #expect(try parse("{}") == [:])
    #expect(try parse(#"{"a":[1,-2.5e3,"x"],"b":{"c":null}}"#).text == #"{"a":[1,-2.5e3,"x"],"b":{"c":null}}"#)
  }

  @Test("64-bit integers stay exact")
  func integers() throws {
    guard case .array(let numbers) = try parse("[9223372036854775807,-9223372036854775808,18446744073709551615,9007199254740993]") else {
      Issue.record("not a list")
      return
    }
    let exact = numbers.map { if case .number(let number) = $0 { number } else { JSONNumber(0) } }
    #expect(exact[0].whole() == Int64.max)
    #expect(exact[1].whole() == Int64.min)
    #expect(exact[2].whole() == UInt64.max)
    #expect(exact[2].whole(as: Int64.self) == nil)
    #expect(exact[3].whole() == 9_007_199_254_740_993)
  }

  @Test("escapes, pairs of surrogates included")
  func escapes() throws {
    #expect(try parse(#""\"\\\/\b\f\n\r\tA\u00e9\uD83D\uDE00""#) == .string("\"\\/\u{8}\u{c}\n\r\tA\u{e9}\u{1f600}"))
    #expect(try parse("\"é😀\u{7f}\"") == "é😀\u{7f}")
  }

  @Test(
    "what is not JSON is refused with the byte where it goes wrong",
    arguments: [
      ("", 0, "expected a value, found the end"),
      ("  ", 2, "expected a value, found the end"),
      ("{} {}", 3, "expected nothing after the value, found \"{\""),
      ("[1,]", 3, "expected a value, found \"]\""),
      ("[1 2]", 3, "expected \",\" or \"]\" in a list, found \"2\""),
      ("{\"a\" 1}", 5, "expected \":\" after a name, found \"1\""),
      ("{a:1}", 1, "expected a name in quotes, found \"a\""),
      ("{\"a\":1,}", 7, "expected a name in quotes, found \"}\""),
      ("{\"a\":1,\"b\":2,\"a\":3}", 13, "the name \"a\" is there twice"),
      ("01", 0, "a number has no leading zeros"),
      ("1.", 2, "expected a digit of the fraction of a number, found the end"),
      ("1e", 2, "expected a digit of the exponent of a number, found the end"),
      ("-", 1, "expected a digit of a number, found the end"),
      ("+1", 0, "expected a value, found \"+\""),
      ("NaN", 0, "expected a value, found \"N\""),
      ("tru", 0, "expected true"),
      ("\"abc", 0, "this text has no closing quote"),
      ("\"a\nb\"", 2, "a control character in a text must be escaped, found the byte 0x0a"),
      (#""\x""#, 1, "unknown escape in a text"),
      (#""\u12g4""#, 1, "expected four hexadecimal digits after \\u"),
      (#""\ud83d""#, 1, "half of a surrogate pair is no character"),
      (#""\ude00\ud83d""#, 1, "half of a surrogate pair is no character"),
      (#""\ud83dA""#, 1, "half of a surrogate pair is no character"),
      ("'a'", 0, "expected a value, found \"'\""),
      ("\u{feff}1", 0, "expected a value, found \"\u{feff}\""),
    ])
  func malformed(_ text: String, _ offset: Int, _ message: String) {
    let problem = problem(Array(text.utf8))
    #expect(problem == JSONProblem(kind: .malformed, message: message, offset: offset))
  }

  @Test(
    "invalid UTF-8 is refused where it begins",
    arguments: [
      ([0x22, 0xff, 0x22], 1), ([0x22, 0x61, 0xc3, 0x22], 2), ([0x22, 0xed, 0xa0, 0x80, 0x22], 1), ([0x22, 0xc0, 0xaf, 0x22], 1),
    ] as [([UInt8], Int)])
  func invalidUTF8(_ bytes: [UInt8], _ offset: Int) {
    #expect(problem(bytes)?.offset == offset)
    #expect(problem(bytes)?.message == "this is not valid UTF-8")
  }

  @Test("nesting is bounded, and the stack never decides")
  func depth() throws {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try parse(deepest) }
    #expect(problem(Array(("[" + deepest + "]").utf8))?.offset == 64)
    #expect(problem([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))?.message == "lists and objects are nested more than 64 deep")
    #expect(problem(Array(String(repeating: "{\"a\":", count: 100_000).utf8))?.kind == .malformed)
  }

  @Test("size is bounded, of the whole and of a number")
  func size() {
    let long = Array("\"\(String(repeating: "x", count: 100))\"".utf8)
    #expect(problem(long, JSONLimits(bytes: 102)) == nil)
    #expect(problem(long, JSONLimits(bytes: 101))?.offset == 101)
    #expect(problem(Array(String(repeating: "9", count: 401).utf8))?.message == "a number of 401 characters, at most 400 are read")
  }

  @Test("every prefix of a text is refused and none traps")
  func prefixes() {
    let text = Array(#"{"a":[1,-2.5e+3,"x\n\ud83d\ude00é"],"b":{"c":null,"d":true}}"#.utf8)
    for length in 0..<text.count { #expect(problem(Array(text[..<length])) != nil, "\(length)") }
    #expect(problem(text) == nil)
  }

  @Test("any change of one byte is read or refused, and what is read prints and reads the same")
  func mutations() throws {
    let text = Array(#"{"a":[1,-2.5e3,"x\né"],"b":false}"#.utf8)
    for index in text.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = text
        changed[index] = byte
        guard let value = try? JSONValue(parsing: changed) else { continue }
        #expect(try JSONValue(parsing: value.bytes) == value)
      }
    }
  }
}

@Suite("JSON printer") struct JSONPrinterTests {
  @Test("escapes what must be, and \"<\" so that a page can hold it")
  func escapes() {
    #expect(JSONValue.string("a\"\\\n\u{1}</script>é").text == #""a\"\\\n\u0001\u003c/script>é""#)
  }

  @Test("members keep their order")
  func order() {
    #expect(JSONValue.object(["b": 1, "a": [true, nil]]).text == #"{"b":1,"a":[true,null]}"#)
  }

  @Test("there is no number for infinity")
  func infinity() {
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(0.1)?.text == "0.1")
  }
}
