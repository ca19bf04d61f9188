// What a newer version appended is stepped over, noticed, and written back where it stood.
import Testing

@testable import TroupeWire

@Suite("Leftovers")
struct LeftoversTests {
  @Test("the rest of the outermost body is kept and written back")
  func keeping() throws {
    let new = LineV2(sku: "mug", quantity: 3, note: "blue", tags: ["a": 1]).wireBytes
    let (line, rest, isWhole) = try keep(LineV1.self, new)
    #expect(line == LineV1(sku: "mug", quantity: 3))
    #expect(isWhole)
    var writer = Writer()
    writer.write(LineV1(sku: "mug", quantity: 200), carrying: rest)
    #expect(try LineV2(wireBytes: writer.bytes) == LineV2(sku: "mug", quantity: 200, note: "blue", tags: ["a": 1]))
    let long = [UInt8](repeating: 7, count: 300)
    var longer = Writer()
    longer.write(line, carrying: long)
    #expect(try keep(LineV1.self, longer.bytes).rest == long, "past a length of one byte")
  }

  @Test("what this version knows whole has no rest")
  func none() throws {
    let (line, rest, isWhole) = try keep(LineV2.self, LineV2(sku: "mug").wireBytes)
    #expect(line.sku == "mug" && rest.isEmpty && isWhole)
    var writer = Writer()
    writer.write(line, carrying: rest)
    #expect(writer.bytes == line.wireBytes)
  }

  @Test("what stands deeper within is noticed")
  func nested() throws {
    // branch([leaf(2) with three bytes that this version does not know])
    let bytes: [UInt8] = [8, 1, 1, 5, 0, 4, 1, 2, 3]
    let (_, rest, isWhole) = try keep(Tree.self, bytes)
    #expect(rest.isEmpty)
    #expect(!isWhole)
  }

  private func keep<T: Wire>(_: T.Type, _ bytes: [UInt8]) throws(WireError) -> (value: T, rest: [UInt8], isWhole: Bool) {
    var reader = Reader(bytes.span.bytes)
    return try reader.readKeeping(T.self)
  }
}
