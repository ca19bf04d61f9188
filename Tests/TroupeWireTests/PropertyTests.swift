// Values from seeds: what is written comes back, and equal values are equal bytes.
import Testing

@testable import TroupeWire

struct PropertyTests {
  @Test(arguments: 0..<300)
  func whatIsWrittenComesBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = Everything(using: &random)
    let (back, left) = try read(Everything.self, value.wireBytes)
    #expect(back == value, "seed \(seed)")
    #expect(left == 0, "seed \(seed)")
    #expect(back.wireBytes == value.wireBytes, "seed \(seed)")
  }

  /// Dictionaries made in different orders differ inside, but not on the wire.
  @Test(arguments: 0..<50)
  func equalDictionariesAreEqualBytes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pairs = (0..<Int.random(in: 0...100, using: &random)).map { ("key-\($0 * 7)", $0) }
    let forward = Dictionary(uniqueKeysWithValues: pairs)
    let shuffled = Dictionary(uniqueKeysWithValues: pairs.shuffled(using: &random))
    #expect(forward.wireBytes == shuffled.wireBytes)
    #expect(Set(pairs.map(\.0)).wireBytes == Set(pairs.map(\.0).reversed()).wireBytes)
  }

  @Test func entriesStandInTheOrderOfTheirKeysBytes() throws {
    // A shorter key comes first, for its length is its first byte.
    #expect(["bb": 0, "c": 0, "aa": 0].wireBytes == [3, 1, 0x63, 0, 2, 0x61, 0x61, 0, 2, 0x62, 0x62, 0])
    #expect([-1: true, 0: true, 1: false].wireBytes == [3, 0, 1, 1, 1, 2, 0])
    #expect(Set(["b", "aa", "a"]).wireBytes == [3, 1, 0x61, 1, 0x62, 2, 0x61, 0x61])
  }

  @Test(arguments: 0..<50)
  func integersTakeAsFewBytesAsTheyNeed(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let value = random.next() >> UInt64.random(in: 0...63, using: &random)
      let bytes = value.wireBytes
      #expect(bytes.count == max(1, (64 - value.leadingZeroBitCount + 6) / 7))
      #expect(try UInt64(wireBytes: bytes) == value)
      let signed = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
      #expect(try Int64(wireBytes: signed.wireBytes) == signed)
    }
  }
}
