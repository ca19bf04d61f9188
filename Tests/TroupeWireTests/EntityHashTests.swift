// The hash that places entities: the vectors that nobody may change, and that it spreads.
import Testing

@testable import TroupeWire

struct EntityHashTests {
  @Test func bothFormsAgree() {
    for id in ["", "a", "1234567", "12345678", "123456789", "an id that is longer than sixteen bytes", "日本語"] {
      let bytes = Array(id.utf8)
      #expect(entityHash(kindID: 7, id: id) == entityHash(kindID: 7, id: bytes.span.bytes))
      // Bytes behind the id, or a start that is not aligned, change nothing.
      let padded = [9] + bytes + [9, 9, 9, 9, 9, 9, 9, 9]
      #expect(entityHash(kindID: 7, id: id) == entityHash(kindID: 7, id: padded.span.bytes.extracting(1..<(1 + bytes.count))))
    }
  }

  @Test func lengthAndKindCount() {
    let hashes = (0...40).map { entityHash(kindID: 1, id: String(repeating: "\0", count: $0)) }
    #expect(Set(hashes).count == 41)
    #expect(Set((0..<10_000).map { entityHash(kindID: $0, id: "a") }).count == 10_000)
  }

  /// Chi-squared over 1,024 shards: 1,023 degrees of freedom, so 1,250 is five standard deviations above the mean.
  @Test(arguments: ["user-%", "%", "%-cart", "order/2026/%/line", "00000000-0000-4000-8000-%", "a-rather-long-tenant-name/of-some-kind/%"])
  func idsThatLookAlikeSpreadOverShards(pattern: String) {
    for kind in ["cart", "order"] {
      let count = 40_000
      var shards = [Int](repeating: 0, count: 1_024)
      for number in 0..<count {
        let id = pattern.split(separator: "%", omittingEmptySubsequences: false).joined(separator: String(number, radix: 10))
        shards[shardIndex(of: entityHash(kindID: kindID(kind), id: id), shardCount: 1_024)] += 1
      }
      let expected = Double(count) / 1_024
      let chiSquared = shards.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
      #expect(chiSquared < 1_250, "\(pattern) of \(kind): \(chiSquared)")
    }
  }

  /// Each bit of the input flips each bit of the hash about half the time.
  @Test(arguments: [1, 8, 11, 24])
  func avalanche(length: Int) {
    var random = SeededGenerator(seed: UInt64(length))
    let rounds = 800
    for bit in 0..<(length * 8) {
      var flips = [Int](repeating: 0, count: 64)
      for _ in 0..<rounds {
        var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        let kind = UInt32(truncatingIfNeeded: random.next())  // one byte alone has too few values to count flips on
        let before = entityHash(kindID: kind, id: bytes.span.bytes)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        let difference = before ^ entityHash(kindID: kind, id: bytes.span.bytes)
        for output in 0..<64 where difference >> UInt64(output) & 1 == 1 { flips[output] += 1 }
      }
      let worst = flips.map { abs(Double($0) / Double(rounds) - 0.5) }.max()!
      #expect(worst < 0.1, "bit \(bit) of \(length) bytes: \(worst)")
    }
  }

  @Test func shardsCoverTheirRangeEvenly() {
    #expect(shardIndex(of: 0, shardCount: 1_024) == 0)
    #expect(shardIndex(of: .max, shardCount: 1_024) == 1_023)
    #expect(shardIndex(of: 1 << 54, shardCount: 1_024) == 1)
    #expect(shardIndex(of: (1 << 54) - 1, shardCount: 1_024) == 0)
    #expect(shardIndex(of: .max, shardCount: 1) == 0)
    #expect(shardIndex(of: 1 << 63, shardCount: 3) == 1)
  }

  @Test func namesAsNumbers() {
    // The published vectors of FNV-1a: the empty string, "a" and "foobar".
    #expect(kindID("") == 0x811c_9dc5)
    #expect(kindID("a") == 0xe40c_292c)
    #expect(kindID("foobar") == 0xbf9c_f968)
    #expect(methodID(kind: "cart", name: "add") == 0x3bf7_68d9_3295_13f6)
  }
}
