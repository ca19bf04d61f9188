// JSON to wire values and back, by contract.

import Testing
import TroupeWire

@testable import TroupeJSON

/// A contract as the cart's would be, and a few types beside it.
private let types: [String: TypeContract] = [
  "State": .structure([
    FieldContract(name: "lines", type: .dictionary(.string, .int(64)), missing: [0]),
    FieldContract(name: "note", type: .optional(.string)),
  ]),
  "Failure": .enumeration([
    CaseContract(name: "quantityOutOfRange", fields: [FieldContract(name: "0", type: .int(64))]),
    CaseContract(name: "empty"),
    CaseContract(
      name: "tooMany",
      fields: [FieldContract(name: "0", type: .string), FieldContract(name: "inCart", type: .int(64), missing: Int64(7).wireBytes)]),
  ]),
  "Tree": .structure([FieldContract(name: "children", type: .array(.named("Tree")), missing: [0])]),
]

private let add = MethodContract(
  id: 1, name: "add", signature: "add(_:quantity:)", isQuery: false, isAsync: false,
  parameters: [
    FieldContract(name: "sku", type: .string), FieldContract(name: "quantity", type: .int(64), missing: Int64(1).wireBytes),
  ], result: .named("State"), failure: .named("Failure"))

private let transcoder = JSONTranscoder(types: types)

private func arguments(_ text: String) throws(JSONProblem) -> [UInt8] { try transcoder.arguments(json: Array(text.utf8), for: add) }

private func bytes(_ text: String, _ type: WireType) throws(JSONProblem) -> [UInt8] {
  try transcoder.bytes(try JSONValue(parsing: Array(text.utf8)), as: type)
}

private func text(_ bytes: [UInt8], _ type: WireType) throws(JSONProblem) -> String {
  String(decoding: try transcoder.json(from: bytes, as: type), as: UTF8.self)
}

@Suite("JSON to arguments") struct ArgumentTests {
  @Test("arguments stand in the order of the parameters, whatever the order of the members")
  func order() throws {
    #expect(try arguments(#"{"quantity":2,"sku":"mug"}"#) == "mug".wireBytes + Int64(2).wireBytes)
  }

  @Test("what is missing takes the contract's default")
  func missing() throws {
    #expect(try arguments(#"{"sku":"mug"}"#) == "mug".wireBytes + Int64(1).wireBytes)
  }

  @Test("no text at all is an object without members")
  func empty() throws {
    var clear = add
    clear.parameters = []
    #expect(try transcoder.arguments(json: [], for: clear) == [])
    #expect(try transcoder.arguments(json: Array(" \n".utf8), for: clear) == [])
  }

  @Test(
    "each problem says where and what",
    arguments: [
      (#"{"sku":"mug","quantity":"two"}"#, "/quantity: expected a whole number, found the text \"two\""),
      (#"{"sku":"mug","quantity":2.5}"#, "/quantity: expected a whole number, found the number 2.5"),
      (#"{"sku":"mug","quantity":null}"#, "/quantity: expected a whole number, found null"),
      (#"{"sku":7}"#, "/sku: expected text, found the number 7"),
      (#"{"quantity":2}"#, "/sku: is missing; expected text"),
      (#"{"sku":"mug","colour":"red"}"#, "/colour: add has no argument of this name; it has sku, quantity"),
      (#"{"sku":"mug","a/b~c":1}"#, "/a~1b~0c: add has no argument of this name; it has sku, quantity"),
      (#"["mug",2]"#, "expected an object with the arguments of add, found a list of 2 values"),
      (
        #"{"sku":"mug","quantity":99999999999999999999}"#,
        "/quantity: expected a whole number from -9223372036854775808 to 9223372036854775807, found the number 99999999999999999999"
      ),
      (#"{"sku":"mug""#, "byte 12: expected \",\" or \"}\" in an object, found the end"),
    ])
  func problems(_ json: String, _ description: String) {
    do {
      _ = try arguments(json)
      Issue.record("accepted \(json)")
    } catch {
      #expect(error.description == description)
    }
  }
}

@Suite("JSON and wire values") struct ValueTests {
  @Test(
    "every type goes both ways",
    arguments: [
      ("true", .bool, true.wireBytes),
      ("-128", .int(8), Int8.min.wireBytes),
      ("-32768", .int(16), Int16.min.wireBytes),
      ("-2147483648", .int(32), Int32.min.wireBytes),
      ("-9223372036854775808", .int(64), Int64.min.wireBytes),
      ("255", .uint(8), UInt8.max.wireBytes),
      ("65535", .uint(16), UInt16.max.wireBytes),
      ("4294967295", .uint(32), UInt32.max.wireBytes),
      ("18446744073709551615", .uint(64), UInt64.max.wireBytes),
      ("4294967295", .fixed32, Fixed32(.max).wireBytes),
      ("18446744073709551615", .fixed64, Fixed64(.max).wireBytes),
      ("0.1", .float, Float(0.1).wireBytes),
      ("0.1", .double, 0.1.wireBytes),
      ("1e+300", .double, 1e300.wireBytes),
      ("\"-Infinity\"", .double, (-Double.infinity).wireBytes),
      ("\"é\"", .string, "é".wireBytes),
      ("\"AAEC/w==\"", .bytes, ([0, 1, 2, 255] as [UInt8]).wireBytes),
      ("\"\"", .bytes, ([] as [UInt8]).wireBytes),
      ("\"1.5s\"", .duration, Duration.milliseconds(1500).wireBytes),
      ("\"-0.000000000000000001s\"", .duration, Duration(attoseconds: -1).wireBytes),
      ("\"6f1d2c3a-0b5e-4c1d-9a7f-2e8b4d6c0a13\"", .uuid, WireUUID(high: 0x6f1d_2c3a_0b5e_4c1d, low: 0x9a7f_2e8b_4d6c_0a13).wireBytes),
      ("null", .optional(.string), Optional<String>.none.wireBytes),
      ("\"x\"", .optional(.string), Optional("x").wireBytes),
      ("[1,2]", .array(.int(64)), ([1, 2] as [Int]).wireBytes),
      ("[1,2]", .set(.int(64)), (Set([1, 2] as [Int])).wireBytes),
      (#"{"a":1,"b":2}"#, .dictionary(.string, .int(64)), ["a": 1, "b": 2].wireBytes),
      ("[[1,true],[2,false]]", .dictionary(.int(64), .bool), [1: true, 2: false].wireBytes),
      ("null", .nothing, []),
    ] as [(String, WireType, [UInt8])])
  func both(_ json: String, _ type: WireType, _ wire: [UInt8]) throws {
    #expect(try bytes(json, type) == wire)
    #expect(try text(wire, type) == json)
  }

  @Test("NaN travels as text")
  func notANumber() throws {
    #expect(try text(Double.nan.wireBytes, .double) == "\"NaN\"")
    #expect(try Double(wireBytes: try bytes("\"NaN\"", .double)).isNaN)
  }

  @Test("dictionaries are written in the order of the wire, so equal arguments are equal bytes")
  func canonical() throws {
    #expect(try bytes(#"{"bb":2,"a":1,"é":3}"#, .dictionary(.string, .int(64))) == ["a": 1, "bb": 2, "é": 3].wireBytes)
    #expect(try bytes("[300,1,-1]", .set(.int(64))) == Set([1, -1, 300] as [Int]).wireBytes)
  }

  @Test(
    "a duration is read in other units and as seconds",
    arguments: [
      ("\"250ms\"", .milliseconds(250)), ("\"10us\"", .microseconds(10)), ("\"5ns\"", .nanoseconds(5)), ("2", .seconds(2)),
      ("0.25", .milliseconds(250)), ("-1", .seconds(-1)),
    ] as [(String, Duration)])
  func durations(_ json: String, _ duration: Duration) throws {
    #expect(try bytes(json, .duration) == duration.wireBytes)
  }

  @Test("structs take defaults, and unknown names are refused")
  func structures() throws {
    var body = Writer()
    body.body {
      $0.write(["mug": 2])
      $0.write(Optional<String>.none)
    }
    #expect(try bytes(#"{"lines":{"mug":2}}"#, .named("State")) == body.bytes)
    #expect(try text(body.bytes, .named("State")) == #"{"lines":{"mug":2},"note":null}"#)
    #expect(throws: JSONProblem(kind: .mismatch, pointer: "/line", message: "State has no field of this name; it has lines, note")) {
      try bytes(#"{"line":{}}"#, .named("State"))
    }
  }

  @Test("a shorter body from an older writer takes the defaults, a longer one from a newer is skipped")
  func evolution() throws {
    var short = Writer()
    short.body { _ in }
    #expect(try text(short.bytes, .named("State")) == #"{"lines":{},"note":null}"#)
    var long = Writer()
    long.body {
      $0.write(["mug": 2])
      $0.write(Optional("x"))
      $0.write("a newer field")
    }
    #expect(try text(long.bytes + [1, 2, 3], .named("State")) == #"{"lines":{"mug":2},"note":"x"}"#)
  }

  @Test("enums are a word, or an object with one name")
  func enumerations() throws {
    #expect(try text(try bytes(#""empty""#, .named("Failure")), .named("Failure")) == #""empty""#)
    #expect(try text(try bytes(#"{"empty":{}}"#, .named("Failure")), .named("Failure")) == #""empty""#)
    let out = #"{"quantityOutOfRange":{"_0":0}}"#
    #expect(try text(try bytes(out, .named("Failure")), .named("Failure")) == out)
    #expect(
      try text(try bytes(#"{"tooMany":{"_0":"mug"}}"#, .named("Failure")), .named("Failure")) == #"{"tooMany":{"_0":"mug","inCart":7}}"#)
  }

  @Test(
    "values that do not fit",
    arguments: [
      ("128", .int(8), "expected a whole number from -128 to 127, found the number 128"),
      ("-1", .uint(64), "expected a whole number from 0 to 18446744073709551615, found the number -1"),
      ("1e3", .int(64), "expected a whole number, found the number 1e3"),
      ("1e999", .double, "the number 1e999 is beyond a Double"),
      ("1e300", .float, "the number 1e300 is beyond a Float"),
      ("1", .bool, "expected true or false, found the number 1"),
      ("\"AA=\"", .bytes, "expected bytes as base64 text, found the text \"AA=\""),
      ("\"AB==\"", .bytes, "expected bytes as base64 text, found the text \"AB==\""),
      ("\"1.5 s\"", .duration, "expected a duration like \"1.5s\", or a plain number of seconds, found the text \"1.5 s\""),
      ("[[1]]", .dictionary(.int(64), .bool), "/0: expected a list of a key and a value, found a list of 1 value"),
      ("[[1,true],[1,false]]", .dictionary(.int(64), .bool), "/1/0: is there twice"),
      ("[1,1]", .set(.int(64)), "/1: is there twice"),
      ("[1,\"x\"]", .array(.int(64)), "/1: expected a whole number, found the text \"x\""),
      ("\"gone\"", .named("Failure"), "Failure has no case \"gone\"; it has quantityOutOfRange, empty, tooMany"),
      ("\"quantityOutOfRange\"", .named("Failure"), "/_0: is missing; expected a whole number"),
      ("{\"empty\":{\"x\":1}}", .named("Failure"), "/empty/x: the case empty has no value of this name; it has none"),
      (
        "{\"a\":1,\"b\":2}", .named("Failure"),
        "expected one case of Failure, as text or as an object with one name, found an object with 2 names"
      ),
      ("{}", .named("Missing"), "the contract does not say what Missing is"),
    ] as [(String, WireType, String)])
  func mismatches(_ json: String, _ type: WireType, _ description: String) {
    do {
      let wire = try bytes(json, type)
      Issue.record("\(json) became \(wire)")
    } catch {
      #expect(error.description == description)
      #expect(error.kind == .mismatch)
    }
  }

  @Test("types that contain themselves end at the depth of the text, or of the bytes")
  func recursion() throws {
    let nested = #"{"children":[{"children":[]},{}]}"#
    #expect(try text(try bytes(nested, .named("Tree")), .named("Tree")) == #"{"children":[{"children":[]},{"children":[]}]}"#)
    var bytes: [UInt8] = [1, 0]
    for _ in 0..<100 {
      var outer = Writer()
      outer.body {
        $0.varint(1)
        $0.append(bytes)
      }
      bytes = outer.bytes
    }
    #expect(throws: JSONProblem.self) { try text(bytes, .named("Tree")) }
  }

  @Test("bytes that are no such value are refused, whatever they are")
  func unreadable() {
    #expect(throws: JSONProblem(kind: .unreadable, message: "the bytes end inside a value")) { try text([], .int(64)) }
    #expect(throws: JSONProblem(kind: .unreadable, message: "Failure has no case number 9 in this version")) {
      try text([1, 9], .named("Failure"))
    }
    for type in [.named("State"), .named("Failure"), .array(.string), .dictionary(.string, .double), .duration, .uuid] as [WireType] {
      var state: UInt64 = 7
      for length in 0..<64 {
        let noise = (0..<length).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt8(truncatingIfNeeded: state >> 33)
        }
        _ = try? text(noise, type)
      }
    }
  }
}
