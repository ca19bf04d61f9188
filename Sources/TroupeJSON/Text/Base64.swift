// RFC 4648, section 4: the standard alphabet, padded, and nothing else: two texts never stand for the same bytes.

enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let pad = UInt8(ascii: "=")

  private static let values: [UInt8: UInt32] = Dictionary(uniqueKeysWithValues: zip(alphabet, 0...63))

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
      for index in 0..<4 {
        text.append(index <= part.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : pad)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for anything that `text` would not have written.
  static func bytes(_ text: String) -> [UInt8]? {
    let letters = Array(text.utf8)
    guard letters.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 4 * 3)
    for start in stride(from: 0, to: letters.count, by: 4) {
      let isLast = start + 4 == letters.count
      let group = letters[start..<start + 4]
      let padding = isLast ? group.reversed().prefix(while: { $0 == pad }).count : 0
      guard padding <= 2 else { return nil }
      var bits: UInt32 = 0
      for letter in group.dropLast(padding) {
        guard let value = values[letter] else { return nil }
        bits = bits << 6 | value
      }
      bits <<= UInt32(6 * padding)
      guard bits & ((1 << UInt32(8 * padding)) - 1) == 0 else { return nil }
      for index in 0..<3 - padding { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index))) }
    }
    return bytes
  }
}
