// XXH64 (https://github.com/Cyan4973/xxHash, specification 0.1.1): what stores keep beside stored bytes, to find rot. Not for
// keeping anybody out. 64 bits, eight bytes a step, and no special instructions.

public enum Checksum {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// XXH64 of the bytes.
  public static func of(_ bytes: RawSpan, seed: UInt64 = 0) -> UInt64 {
    let count = bytes.byteCount
    var offset = 0
    var hash: UInt64
    if count >= 32 {
      var (a, b, c, d) = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
      while offset + 32 <= count {
        a = round(a, word(bytes, offset))
        b = round(b, word(bytes, offset + 8))
        c = round(c, word(bytes, offset + 16))
        d = round(d, word(bytes, offset + 24))
        offset += 32
      }
      hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
      hash = merge(hash, a)
      hash = merge(hash, b)
      hash = merge(hash, c)
      hash = merge(hash, d)
    } else {
      hash = seed &+ prime5
    }
    return finish(hash &+ UInt64(count), bytes, from: offset)
  }

  /// Of a few numbers, in order: a seed for `of`, or the checksum of a row that has nothing else.
  public static func of(numbers: UInt64...) -> UInt64 {
    var hash = prime5 &+ UInt64(numbers.count * 8)
    for number in numbers { hash = rotate(hash ^ round(0, number), 27) &* prime1 &+ prime4 }
    return avalanche(hash)
  }

  private static func finish(_ start: UInt64, _ bytes: RawSpan, from position: Int) -> UInt64 {
    var (hash, offset) = (start, position)
    while offset + 8 <= bytes.byteCount {
      hash = rotate(hash ^ round(0, word(bytes, offset)), 27) &* prime1 &+ prime4
      offset += 8
    }
    if offset + 4 <= bytes.byteCount {
      let half = UInt64(UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      hash = rotate(hash ^ (half &* prime1), 23) &* prime2 &+ prime3
      offset += 4
    }
    while offset < bytes.byteCount {
      hash = rotate(hash ^ (UInt64(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) &* prime5), 11) &* prime1
      offset += 1
    }
    return avalanche(hash)
  }

  @inline(__always) private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always) private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value &<< bits | value &>> (64 &- bits)
  }

  @inline(__always) private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* prime2, 31) &* prime1
  }

  @inline(__always) private static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* prime1 &+ prime4
  }

  @inline(__always) private static func avalanche(_ value: UInt64) -> UInt64 {
    var hash = value
    hash = (hash ^ hash &>> 33) &* prime2
    hash = (hash ^ hash &>> 29) &* prime3
    return hash ^ hash &>> 32
  }
}
