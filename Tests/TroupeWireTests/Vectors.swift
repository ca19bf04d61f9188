// The test vectors, as values of this implementation. `protocols/vectors/values.json` is their printed form.
@testable import TroupeWire

struct Vectors {
  private var types = TypeTable()
  private var values: [VectorJSON] = []
  private var refused: [VectorJSON] = []
  private var hashes: [(String, [VectorJSON])] = []

  init() {
    scalars()
    text()
    collections()
    named()
    contracts()
    refusals()
    names()
  }

  /// The whole file.
  var printed: String {
    func lines(_ elements: [VectorJSON]) -> String { elements.map { "    " + $0.printed }.joined(separator: ",\n") }
    let named = types.types.sorted { $0.key < $1.key }.map { "    \"\($0)\": " + VectorJSON($1).printed }.joined(separator: ",\n")
    let hashed = hashes.map { "    \"\($0)\": [\n" + lines($1) + "\n    ]" }.joined(separator: ",\n")
    return """
      {
        "specification": "protocols/wire-values.md",
        "types": {
      \(named)
        },
        "values": [
      \(lines(values))
        ],
        "refused": [
      \(lines(refused))
        ],
        "hashes": {
      \(hashed)
        }
      }

      """
  }

  private mutating func add<T: Wire>(_ name: String, _ value: T, _ json: VectorJSON) {
    let type = VectorJSON(types.describe(T.self))
    values.append(["name": .text(name), "type": type, "value": json, "bytes": .hex(value.wireBytes)])
  }

  /// Bytes of another version: read as `json`, and written again as this version writes.
  private mutating func evolve<T: Wire>(_ name: String, _ bytes: [UInt8], as value: T, _ json: VectorJSON) {
    let type = VectorJSON(types.describe(T.self))
    values.append([
      "name": .text(name), "type": type, "value": json, "bytes": .hex(bytes), "written_again": .hex(value.wireBytes),
    ])
  }

  private mutating func refuse<T: Wire>(_: T.Type, _ bytes: [UInt8], _ error: String) {
    refused.append(["type": VectorJSON(types.describe(T.self)), "bytes": .hex(bytes), "error": .text(error)])
  }
}

extension Vectors {
  private mutating func scalars() {
    for value in [false, true] { add("bool \(value)", value, .bool(value)) }
    for value in [Int8.min, -1, 0, 127] { add("int8 \(value)", value, .integer(value)) }
    for value in [UInt8.min, .max] { add("uint8 \(value)", value, .integer(value)) }
    for value in [Int16.min, .max] { add("int16 \(value)", value, .integer(value)) }
    for value in [Int32.min, .max] { add("int32 \(value)", value, .integer(value)) }
    for value in [0, -1, 1, 63, -64, 64, 8_191, 8_192, .min, .max] { add("int64 \(value)", Int64(value), .integer(value)) }
    for value in [UInt16.max] { add("uint16 \(value)", value, .integer(value)) }
    for value in [UInt32(127), 128, .max] { add("uint32 \(value)", value, .integer(value)) }
    for value in [UInt64(16_383), 16_384, .max] { add("uint64 \(value)", value, .integer(value)) }
    add("fixed32", Fixed32(0x0102_0304), 16_909_060)
    add("fixed64", Fixed64(0x0102_0304_0506_0708), .integer(0x0102_0304_0506_0708))
    add("float 1.5", Float(1.5), .number("1.5"))
    add("float infinity", Float.infinity, "inf")
    add("double 0.1", 0.1, .number("0.1"))
    add("double -0", -0.0, .number("-0.0"))
    add("double nan", Double.nan, "nan")
    add("nothing", Nothing(), [:])
    add("uuid", WireUUID("01234567-89ab-cdef-fedc-ba9876543210")!, "01234567-89ab-cdef-fedc-ba9876543210")
    add("duration 1.5 s", Duration.milliseconds(1_500), [1, .integer(500_000_000_000_000_000)])
    add("duration -1 ns", Duration.nanoseconds(-1), [0, -1_000_000_000])
    let longest = Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999)
    add("duration, the longest", longest, [.integer(Int64.max), .integer(999_999_999_999_999_999)])
  }

  private mutating func text() {
    for text in ["", "mug", "héllo, 世界 👩‍🚀", "e\u{301}", "\u{0}\n\"\\"] { add("string", text, .text(text)) }
    add("string of 200 bytes", String(repeating: "x", count: 200), .text(String(repeating: "x", count: 200)))
    add("bytes", [UInt8]([0, 127, 128, 255]), "007f80ff")
    add("no bytes", [UInt8](), "")
  }

  private mutating func collections() {
    add("nil", Int64?.none, nil)
    add("some", Int64?.some(-2), ["some": -2])
    add("some nil", Int64??.some(nil), ["some": nil])
    add("array", [Int64(1), -1, 300], [1, -1, 300])
    add("array of strings", ["b", "a"], ["b", "a"])
    add("array of arrays", [[true], [], [false, true]], [[true], [], [false, true]])
    // In the order of the keys' bytes: a string's first byte is its length.
    add("dictionary", ["bb": Int64(1), "c": 2, "aa": 3], [["c", 2], ["aa", 3], ["bb", 1]])
    add("dictionary with integer keys", [Int64(-1): "x", 0: "y", 1: "z"], [[0, "y"], [-1, "x"], [1, "z"]])
    add("empty dictionary", [String: Bool](), [])
    add("set", Set<UInt16>([300, 2, 1]), [1, 2, 300])
  }

  private mutating func named() {
    add("struct", LineV1(sku: "mug", quantity: 2), ["sku": "mug", "quantity": 2])
    let new = LineV2(sku: "mug", quantity: 2, note: "blue", tags: ["a": 1])
    add("struct, its next version", new, ["sku": "mug", "quantity": 2, "note": ["some": "blue"], "tags": [["a", 1]]])
    let long = LineV1(sku: String(repeating: "s", count: 130), quantity: 1)
    add("struct of more than 127 bytes", long, ["sku": .text(long.sku), "quantity": 1])
    evolve(
      "a new reader, an old writer", LineV1(sku: "mug", quantity: 2).wireBytes, as: LineV2(sku: "mug", quantity: 2),
      ["sku": "mug", "quantity": 2, "note": nil, "tags": [["new", 1]]])
    evolve("an old reader, a new writer", new.wireBytes, as: LineV1(sku: "mug", quantity: 2), ["sku": "mug", "quantity": 2])
    add("enum", Tree.leaf(-3), ["leaf": ["0": -3]])
    let tree = Tree.branch([.leaf(1), .branch([], label: nil)], label: "top")
    add(
      "enum in itself", tree,
      ["branch": ["0": [["leaf": ["0": 1]], ["branch": ["0": [], "label": nil]]], "label": ["some": "top"]]])
    add(
      "array of structs", [LineV1(sku: "a"), LineV1(sku: "b", quantity: -1)], [["sku": "a", "quantity": 1], ["sku": "b", "quantity": -1]])
  }

  private mutating func contracts() {
    let method = MethodContract(
      id: 1 << 60, name: "add", signature: "add(_:quantity:)", isQuery: false, isAsync: false,
      parameters: [FieldContract(name: "sku", type: .string), FieldContract(name: "quantity", type: .int(64), missing: [2])],
      result: .dictionary(.string, .optional(.uint(8))), failure: .named("Full"))
    let full = TypeContract.enumeration([CaseContract(name: "full", fields: [FieldContract(name: "0", type: .set(.uuid))])])
    add(
      "contract",
      EntityContract(kind: "cart", isDurable: true, methods: [method], state: .named("Full"), event: .nothing, types: ["Full": full]),
      [
        "kind": "cart", "isDurable": true,
        "methods": [
          [
            "id": .integer(UInt64(1) << 60), "name": "add", "signature": "add(_:quantity:)", "isQuery": false, "isAsync": false,
            "parameters": [
              ["name": "sku", "type": ["string": [:]], "missing": nil],
              ["name": "quantity", "type": ["int": ["0": 64]], "missing": ["some": "02"]],
            ],
            "result": ["dictionary": ["0": ["string": [:]], "1": ["optional": ["0": ["uint": ["0": 8]]]]]],
            "failure": ["named": ["0": "Full"]], "isStream": false,
          ]
        ],
        "state": ["some": ["named": ["0": "Full"]]], "event": ["some": ["nothing": [:]]],
        "types": [
          [
            "Full",
            [
              "enumeration": [
                "0": [["name": "full", "fields": [["name": "0", "type": ["set": ["0": ["uuid": [:]]]], "missing": nil]]]]
              ]
            ],
          ]
        ],
      ])
  }

  private mutating func refusals() {
    refuse(Int64.self, [], "truncated")
    refuse(Int64.self, [0x80], "truncated")
    refuse(UInt64.self, [0x80, 0x00], "outOfRange")
    refuse(UInt64.self, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02], "outOfRange")
    refuse(Int16.self, Int32(32_768).wireBytes, "outOfRange")
    refuse(UInt16.self, UInt32(65_536).wireBytes, "outOfRange")
    refuse(Bool.self, [2], "invalid")
    refuse(Bool?.self, [2, 0], "invalid")
    refuse(Duration.self, [2, 1], "invalid")
    refuse(Never.self, [], "invalid")
    refuse(Double.self, [0, 0, 0, 0, 0, 0, 0], "truncated")
    refuse(String.self, [2, 0xc3, 0x28], "invalidUTF8")
    refuse(String.self, [4, 0x61], "truncated")
    refuse([Int64].self, [0xff, 0xff, 0x03, 0], "tooManyElements")
    refuse([Int64: Bool].self, [2, 0, 1, 0, 0], "duplicateKey")
    refuse(Set<Int64>.self, [2, 8, 8], "duplicateKey")
    refuse(LineV1.self, [0], "missingField")
    refuse(LineV1.self, [9, 1, 0x61], "truncated")
    refuse(Tree.self, [2, 7, 0], "unknownCase")
    var deep = Tree.leaf(0)
    for _ in 0..<WireLimits.maximumDepth { deep = .branch([deep], label: nil) }
    refuse(Tree.self, deep.wireBytes, "tooDeep")
  }

  private mutating func names() {
    func hex(_ value: some UnsignedInteger & FixedWidthInteger) -> VectorJSON {
      let digits = String(value, radix: 16)
      return .text("0x" + String(repeating: "0", count: value.bitWidth / 4 - digits.count) + digits)
    }
    hashes.append(("kind", ["cart", "order", "a", "x-1"].map { ["kind": .text($0), "id": hex(kindID($0))] }))
    hashes.append(
      (
        "method",
        [("cart", "add"), ("cart", "contents"), ("order", "place")].map { kind, name in
          ["kind": .text(kind), "name": .text(name), "id": hex(methodID(kind: kind, name: name))]
        }
      ))
    let ids = ["", "a", "alice", "1234567", "12345678", "123456789", "0123456789abcdef", "0123456789abcdef0", "日本語", "o-81"]
    hashes.append(
      (
        "entity",
        ids.map { id in
          let hash = entityHash(kindID: kindID("cart"), id: id)
          return [
            "kind": "cart", "id": .text(id), "hash": hex(hash), "shard_of_1024": .integer(shardIndex(of: hash, shardCount: 1_024)),
          ]
        }
      ))
  }
}
