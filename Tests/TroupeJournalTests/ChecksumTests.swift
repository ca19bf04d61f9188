// Checksums against known values.

import Testing
import TroupeJournal

@Suite struct ChecksumTests {
  /// From the specification's own program.
  @Test(
    "is XXH64",
    arguments: [
      ("", 0, 0xEF46_DB37_51D8_E999), ("a", 0, 0xD24E_C4F1_A98C_6E5B), ("abc", 0, 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0, 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64, UInt64)])
  func vectors(_ text: String, _ seed: UInt64, _ expected: UInt64) {
    #expect(Checksum.of(text.utf8Span.span.bytes, seed: seed) == expected)
  }

  @Test func changesWithEveryBit() {
    let bytes = [UInt8](0..<77)
    let sound = Checksum.of(bytes.span.bytes, seed: 3)
    for bit in 0..<(bytes.count * 8) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Checksum.of(flipped.span.bytes, seed: 3) != sound)
    }
    #expect(Checksum.of(bytes.span.bytes, seed: 4) != sound)
    #expect(Checksum.of(numbers: 1, 2) != Checksum.of(numbers: 2, 1))
    #expect(Checksum.of(numbers: 0) != Checksum.of(numbers: 0, 0))
  }
}
