// Old and new versions of a type side by side, in both directions: what a rolling upgrade and its roll-back rest on.
import Testing

@testable import TroupeWire

struct EvolutionTests {
  @Test func aNewReaderTakesDefaultsForWhatAnOldWriterDidNotKnow() throws {
    let old = LineV1(sku: "mug", quantity: 3).wireBytes
    #expect(try LineV2(wireBytes: old) == LineV2(sku: "mug", quantity: 3, note: nil, tags: ["new": 1]))
  }

  @Test func anOldReaderSkipsWhatANewWriterAppended() throws {
    let new = LineV2(sku: "mug", quantity: 3, note: "blue", tags: ["a": 1, "b": 2]).wireBytes
    let (line, left) = try read(LineV1.self, new)
    #expect(line == LineV1(sku: "mug", quantity: 3))
    #expect(left == 0, "the reader stands behind the whole body")
  }

  @Test func bothHoldForElementsInsideOtherValues() throws {
    let new = [1: [LineV2(sku: "a", note: "x")], 2: [LineV2(sku: "b"), LineV2(sku: "c", quantity: 7)]]
    let old = try read([Int: [LineV1]].self, new.wireBytes)
    #expect(old.value == [1: [LineV1(sku: "a")], 2: [LineV1(sku: "b"), LineV1(sku: "c", quantity: 7)]])
    #expect(old.left == 0)
    let back = try read([Int: [LineV2]].self, old.value.wireBytes)
    #expect(back.value[2] == [LineV2(sku: "b"), LineV2(sku: "c", quantity: 7)])
  }

  @Test func aFieldThatEveryVersionWritesIsMissedByName() {
    #expect(throws: WireError.missingField("Line.sku")) { try LineV2(wireBytes: [0]) }
  }

  @Test func aCaseFromTheFutureIsRefusedByNumber() {
    #expect(throws: WireError.unknownCase(9, of: "Tree")) { try Tree(wireBytes: [2, 9, 0]) }
    #expect(throws: WireError.unknownCase(9, of: "Tree")) { try read([Tree].self, [1, 2, 9, 0]) }
  }

  @Test func aCaseMayGrow() throws {
    let grown: [UInt8] = [5, 0, 4, 1, 2, 3]  // leaf(2) with three bytes that this version does not know
    let (tree, left) = try read(Tree.self, grown + [0xee])
    #expect(tree == .leaf(2))
    #expect(left == 1)
    #expect(try Tree(wireBytes: [2, 1, 0]) == .branch([], label: nil), "and an older one may lack the label")
  }

  @Test func argumentsEvolveLikeFields() throws {
    var writer = Writer()
    writer.write("mug")  // a caller from before `quantity`
    let (sku, quantity) = try { () throws(WireError) -> (String, Int) in
      var arguments = Reader(writer.span)
      return (try arguments.read(required: "add.sku"), try arguments.read(or: 1))
    }()
    #expect(sku == "mug" && quantity == 1)
  }

  @Test func integersMayBecomeWider() throws {
    for value in [Int32.min, -1, 0, 300, Int32.max] { #expect(try Int64(wireBytes: value.wireBytes) == Int64(value)) }
    #expect(try UInt64(wireBytes: UInt16(65_535).wireBytes) == 65_535)
    #expect(throws: WireError.outOfRange("Int32")) { try Int32(wireBytes: Int64(1 << 40).wireBytes) }
    #expect(throws: WireError.outOfRange("UInt16")) { try UInt16(wireBytes: UInt32(65_536).wireBytes) }
  }

  @Test func aWrapperTravelsAsWhatItWraps() throws {
    struct SKU: RawRepresentable, Wire, Hashable { var rawValue: String }
    enum Size: Int, Wire { case small = 1, large }
    #expect(SKU(rawValue: "mug").wireBytes == "mug".wireBytes)
    #expect(try read([SKU: Size].self, ["mug": 2].wireBytes).value == [SKU(rawValue: "mug"): .large])
    #expect(throws: WireError.invalid("Size")) { try Size(wireBytes: 3.wireBytes) }
    var types = TypeTable()
    #expect(types.describe([SKU: Size].self) == .dictionary(.string, .int(64)))
  }
}
