// Types in the shape that `@Wire` writes, in an old and a new version: this target does not depend on the macro, and the tests
// of the macro hold that shape.
@testable import TroupeWire

/// The first version of a line of a cart.
struct LineV1: Wire, Hashable {
  var sku: String
  var quantity = 1

  init(sku: String, quantity: Int = 1) {
    self.sku = sku
    self.quantity = quantity
  }
  init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    sku = try reader.read(required: "Line.sku")
    quantity = try reader.read(or: 1)
    reader.leave(end)
  }
  func write(to writer: inout Writer) {
    writer.body {
      $0.write(sku)
      $0.write(quantity)
    }
  }
  static func describe(in types: inout TypeTable) -> WireType {
    types.structure("Line", of: Self.self) { [$0.field("sku", String.self), $0.field("quantity", default: 1)] }
  }
}

/// The second: an optional note, and tags with a default.
struct LineV2: Wire, Hashable {
  var sku: String
  var quantity = 1
  var note: String?
  var tags: [String: Int] = ["new": 1]

  init(sku: String, quantity: Int = 1, note: String? = nil, tags: [String: Int] = ["new": 1]) {
    self.sku = sku
    self.quantity = quantity
    self.note = note
    self.tags = tags
  }
  init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    sku = try reader.read(required: "Line.sku")
    quantity = try reader.read(or: 1)
    note = try reader.read(or: nil)
    tags = try reader.read(or: ["new": 1])
    reader.leave(end)
  }
  func write(to writer: inout Writer) {
    writer.body {
      $0.write(sku)
      $0.write(quantity)
      $0.write(note)
      $0.write(tags)
    }
  }
  static func describe(in types: inout TypeTable) -> WireType {
    types.structure("Line", of: Self.self) {
      [
        $0.field("sku", String.self), $0.field("quantity", default: 1), $0.field("note", String?.self, default: nil),
        $0.field("tags", [String: Int].self, default: ["new": 1]),
      ]
    }
  }
}

/// An enum that contains itself, so that depth has no bound but the reader's.
indirect enum Tree: Wire, Hashable {
  case leaf(Int)
  case branch([Tree], label: String?)

  init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    let tag = try reader.varint()
    switch tag {
    case 0: self = .leaf(try reader.read(required: "Tree.leaf"))
    case 1: self = .branch(try reader.read(required: "Tree.branch"), label: try reader.read(or: nil))
    default: throw .unknownCase(tag, of: "Tree")
    }
    reader.leave(end)
  }
  func write(to writer: inout Writer) {
    writer.body {
      switch self {
      case .leaf(let value):
        $0.varint(0)
        $0.write(value)
      case .branch(let trees, let label):
        $0.varint(1)
        $0.write(trees)
        $0.write(label)
      }
    }
  }
  static func describe(in types: inout TypeTable) -> WireType {
    types.enumeration("Tree", of: Self.self) {
      [
        CaseContract(name: "leaf", fields: [$0.field("0", Int.self)]),
        CaseContract(name: "branch", fields: [$0.field("0", [Tree].self), $0.field("label", String?.self, default: nil)]),
      ]
    }
  }
}

/// A field of every type, for property tests.
struct Everything: Wire, Hashable {
  var bool: Bool
  var small: Int8
  var int: Int
  var unsigned: UInt32
  var fixed: Fixed64
  var double: Double
  var text: String
  var bytes: [UInt8]
  var duration: Duration
  var uuid: WireUUID
  var maybe: Int16?
  var lines: [LineV2]
  var table: [String: [UInt64]]
  var set: Set<Int>
  var tree: Tree

  init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    bool = try reader.read(required: "bool")
    small = try reader.read(required: "small")
    int = try reader.read(required: "int")
    unsigned = try reader.read(required: "unsigned")
    fixed = try reader.read(required: "fixed")
    double = try reader.read(required: "double")
    text = try reader.read(required: "text")
    bytes = try reader.read(required: "bytes")
    duration = try reader.read(required: "duration")
    uuid = try reader.read(required: "uuid")
    maybe = try reader.read(or: nil)
    lines = try reader.read(or: [])
    table = try reader.read(or: [:])
    set = try reader.read(or: [])
    tree = try reader.read(or: .leaf(0))
    reader.leave(end)
  }
  func write(to writer: inout Writer) {
    writer.body {
      $0.write(bool)
      $0.write(small)
      $0.write(int)
      $0.write(unsigned)
      $0.write(fixed)
      $0.write(double)
      $0.write(text)
      $0.write(bytes)
      $0.write(duration)
      $0.write(uuid)
      $0.write(maybe)
      $0.write(lines)
      $0.write(table)
      $0.write(set)
      $0.write(tree)
    }
  }
  static func describe(in types: inout TypeTable) -> WireType { .bytes }
}

extension Everything {
  init(using random: inout SeededGenerator) {
    bool = .random(using: &random)
    small = .random(in: .min ... .max, using: &random)
    int = Int(truncatingIfNeeded: random.next() >> UInt64.random(in: 0...63, using: &random)) * (bool ? 1 : -1)
    unsigned = UInt32(truncatingIfNeeded: random.next() >> UInt64.random(in: 32...63, using: &random))
    fixed = Fixed64(random.next())
    double = .random(in: -1e300...1e300, using: &random)
    text = Self.text(using: &random)
    bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    duration = .nanoseconds(Int64.random(in: .min ... .max, using: &random))
    uuid = WireUUID(high: random.next(), low: random.next())
    maybe = bool ? nil : .random(in: .min ... .max, using: &random)
    lines = (0..<Int.random(in: 0...4, using: &random)).map { LineV2(sku: "sku-\($0)", quantity: $0, note: $0 == 2 ? "two" : nil) }
    table = [:]
    for _ in 0..<Int.random(in: 0...20, using: &random) { table[Self.text(using: &random)] = [random.next(), random.next() >> 60] }
    set = Set((0..<Int.random(in: 0...40, using: &random)).map { _ in Int.random(in: -1_000...1_000, using: &random) })
    tree = Self.tree(depth: Int.random(in: 0...5, using: &random), using: &random)
  }

  private static func text(using random: inout SeededGenerator) -> String {
    let letters = ["a", "Z", "0", " ", "é", "e\u{301}", "ß", "語", "👩‍🚀", "\u{0}", "\n"]
    return (0..<Int.random(in: 0...40, using: &random)).map { _ in letters.randomElement(using: &random)! }.joined()
  }

  private static func tree(depth: Int, using random: inout SeededGenerator) -> Tree {
    if depth == 0 { return .leaf(.random(in: -9...9, using: &random)) }
    let trees = (0..<Int.random(in: 0...3, using: &random)).map { _ in tree(depth: depth - 1, using: &random) }
    return .branch(trees, label: trees.count == 1 ? "one" : nil)
  }
}
