// Bytes from someone who means harm, or from a disk that lies: each is an error that says why, in little time and memory.
import Testing

@testable import TroupeWire

struct HostileBytesTests {
  @Test(
    arguments: [
      ([], .truncated),
      ([0x80], .truncated),
      ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02], .outOfRange("varint")),  // 2^64
      ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], .outOfRange("varint")),  // eleven bytes
      ([0x80, 0x00], .outOfRange("varint")),  // zero, longer than it needs
      ([0xff, 0x80, 0x00], .outOfRange("varint")),
    ] as [([UInt8], WireError)])
  func varints(bytes: [UInt8], error: WireError) {
    #expect(throws: error) { try UInt64(wireBytes: bytes) }
  }

  @Test func valuesThatAreNone() {
    #expect(throws: WireError.invalid("Bool")) { try Bool(wireBytes: [2]) }
    #expect(throws: WireError.invalid("Optional")) { try Int?(wireBytes: [2, 0]) }
    #expect(throws: WireError.invalid("Never")) { try Never(wireBytes: []) }
    #expect(throws: WireError.truncated) { try Double(wireBytes: [0, 0, 0, 0, 0, 0, 0]) }
    #expect(throws: WireError.truncated) { try WireUUID(wireBytes: [UInt8](repeating: 0, count: 15)) }
    #expect(throws: WireError.truncated) { try Int8(wireBytes: []) }
    #expect(throws: WireError.invalid("Duration")) { try Duration(wireBytes: [2, 1]) }  // 1 s - 1 as
    let second = Int64(1_000_000_000_000_000_000)
    #expect(throws: WireError.invalid("Duration")) { try Duration(wireBytes: [0] + second.wireBytes) }
    #expect(throws: WireError.invalid("Duration")) { try Duration(wireBytes: [0] + Int64.min.wireBytes) }
  }

  @Test(
    arguments: [
      [1, 0xff], [1, 0x80], [1, 0xc3], [2, 0xc0, 0x80], [3, 0xed, 0xa0, 0x80], [4, 0xf4, 0x90, 0x80, 0x80], [3, 0x61, 0xe2, 0x82],
      [20] + [UInt8](repeating: 0x61, count: 19) + [0xfe],
    ] as [[UInt8]])
  func textThatIsNotUTF8(bytes: [UInt8]) {
    #expect(throws: WireError.invalidUTF8) { try String(wireBytes: bytes) }
    #expect(throws: WireError.invalidUTF8) { try read([String: Int].self, [1] + bytes + [0]) }
  }

  @Test func countsThatTheBytesCannotHold() {
    let huge = UInt64.max.wireBytes
    let count = WireError.tooManyElements(.max)
    #expect(throws: count) { try read([Int].self, huge + [1, 2, 3]) }
    #expect(throws: count) { try read([UInt8].self, huge) }
    #expect(throws: count) { try read([String: Int].self, huge + [0]) }
    #expect(throws: count) { try read(Set<Int>.self, huge + [0]) }
    #expect(throws: WireError.truncated) { try String(wireBytes: huge + [0x61]) }
    #expect(throws: WireError.truncated) { try LineV1(wireBytes: huge + [0x61]) }
    #expect(throws: WireError.tooManyElements(4)) { try read([Int].self, [4, 0, 0, 0]) }
    #expect(throws: WireError.tooManyElements(1 << 32)) { try read([LineV2].self, UInt64(1 << 32).wireBytes + [0, 0]) }
  }

  @Test func zerosDoNotBecomeGigabytes() {
    struct Wide: Wire {
      var fields: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
      )
      init(from reader: inout Reader) throws(WireError) { reader.leave(try reader.enter()) }
      func write(to writer: inout Writer) { writer.body { _ in } }
      static func describe(in types: inout TypeTable) -> WireType { .bytes }
    }
    let count = 4_000_000  // 512 MB of structs out of 4 MB of zeros
    let bytes = UInt64(count).wireBytes + [UInt8](repeating: 0, count: count)
    #expect(throws: WireError.tooManyElements(4_000_000)) { try read([Wide].self, bytes) }
    let modest = UInt64(100_000).wireBytes + [UInt8](repeating: 0, count: 100_000)
    #expect(throws: Never.self) { try read([Wide].self, modest) }
    // In parts, it is the sum that counts.
    let parts = UInt64(40).wireBytes + [[UInt8]](repeating: modest, count: 40).flatMap { $0 }
    #expect(throws: WireError.tooManyElements(100_000)) { try read([[Wide]].self, parts) }
  }

  @Test func keysThatStandTwice() {
    #expect(throws: WireError.duplicateKey) { try read([Int: Int].self, [2, 2, 0, 2, 0]) }
    #expect(throws: WireError.duplicateKey) { try read(Set<Int>.self, [2, 2, 2]) }
    // Different bytes, one Swift string: composed and decomposed.
    #expect(throws: WireError.duplicateKey) { try read(Set<String>.self, [2] + "é".wireBytes + "e\u{301}".wireBytes) }
  }

  @Test func deepNesting() throws {
    /// A branch in a branch in a branch …, built from the inside, for writing it as a value would need as much stack.
    func nested(_ depth: Int) -> [UInt8] {
      var tree = Tree.leaf(7).wireBytes
      for _ in 1..<depth {
        let inside = [1, 1] + tree + [0]
        tree = UInt64(inside.count).wireBytes + inside
      }
      return tree
    }
    #expect(nested(3) == Tree.branch([.branch([.leaf(7)], label: nil)], label: nil).wireBytes)
    #expect(throws: Never.self) { try Tree(wireBytes: nested(WireLimits.maximumDepth)) }
    #expect(throws: WireError.tooDeep) { try Tree(wireBytes: nested(WireLimits.maximumDepth + 1)) }
    #expect(throws: WireError.tooDeep) { try Tree(wireBytes: nested(5_000)) }
    #expect(throws: WireError.tooDeep) { try depthOfBodies(nested(5_000)) }
  }

  /// The same through readers of their own, as hand-written conformances use them.
  private func depthOfBodies(_ bytes: [UInt8]) throws(WireError) -> Int {
    func descend(_ reader: inout Reader) throws(WireError) -> Int {
      var body = try reader.body()
      guard try body.varint() == 1 else { return 1 }
      _ = try body.varint()
      return try descend(&body) + 1
    }
    var reader = Reader(bytes.span.bytes)
    return try descend(&reader)
  }

  @Test func bodiesThatReachBehindTheirOwn() {
    // The inner body claims more than the outer one holds, though the message goes on.
    #expect(throws: WireError.truncated) { try read([LineV1].self, [1, 2, 9, 0x61, 0x61, 0x61, 0x61, 0x61, 0x61]) }
    #expect(throws: WireError.truncated) { try read(Tree.self, [3, 1, 1, 5, 0, 0, 0, 0, 0, 0]) }
  }

  @Test(arguments: 0..<40)
  func everyTruncationIsAnError(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = Everything(using: &random).wireBytes
    for count in 0..<bytes.count {
      #expect(throws: WireError.self, "seed \(seed), \(count) of \(bytes.count) bytes") {
        try Everything(wireBytes: Array(bytes[..<count]))
      }
    }
  }

  /// A flipped bit may still be a value, but reading it neither traps nor reads what another version would not.
  @Test(arguments: 0..<60)
  func flippedBytesNeverTrap(seed: UInt64) throws {
    var random = SeededGenerator(seed: 1_000 + seed)
    let bytes = Everything(using: &random).wireBytes
    for _ in 0..<200 {
      var broken = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        broken[.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let value = try? Everything(wireBytes: broken) else { continue }
      #expect(try value.double.isNaN || Everything(wireBytes: value.wireBytes) == value, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<20)
  func noiseNeverTraps(seed: UInt64) {
    var random = SeededGenerator(seed: 9_000 + seed)
    for _ in 0..<500 {
      let noise = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = try? Everything(wireBytes: noise)
      _ = try? Tree(wireBytes: noise)
      _ = try? EntityContract(wireBytes: noise)
      _ = try? [String: [Int: Set<String>]](wireBytes: noise)
    }
  }
}
