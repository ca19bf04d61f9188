// Which shard an entity is in. FIXED: every node, gateway and stored log agrees on these bits, so a change would lose every
// entity. Specified, with vectors, in `protocols/wire-values.md`.

/// The hash of an entity's identity: its kind and the UTF-8 bytes of its id.
///
/// Eight bytes a step: `h = fold((h ^ word) * odd constant)`, where `fold` of a 128-bit product is its low half xor its high
/// half. Good spread, not secret: who chooses ids can choose shards.
@inlinable public func entityHash(kindID: UInt32, id: RawSpan) -> UInt64 {
  let count = id.byteCount
  var hash = EntityHash.fold(UInt64(kindID) ^ EntityHash.seed, EntityHash.step)
  var offset = 0
  while offset &+ 8 <= count {
    let word = UInt64(littleEndian: id.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))  // in bounds: the loop
    hash = EntityHash.fold(hash ^ word, EntityHash.step)
    offset &+= 8
  }
  var tail: UInt64 = 0
  var shift: UInt64 = 0
  while offset < count {
    tail |= UInt64(id.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)) &<< shift
    shift &+= 8
    offset &+= 1
  }
  hash = EntityHash.fold(hash ^ tail, EntityHash.last)
  return EntityHash.fold(hash ^ UInt64(count), EntityHash.step)
}

@inlinable public func entityHash(kindID: UInt32, id: String) -> UInt64 {
  let utf8 = id.utf8
  return entityHash(kindID: kindID, id: utf8.span.bytes)
}

/// The shard of a hash: its high bits, scaled to `0..<shardCount` by a multiplication.
@inlinable public func shardIndex(of hash: UInt64, shardCount: Int) -> Int {
  Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(shardCount)).high)
}

@usableFromInline enum EntityHash {
  /// The fraction of the golden ratio, as a start that no kind id can cancel.
  @usableFromInline static let seed: UInt64 = 0x9e37_79b9_7f4a_7c15
  /// Odd, half of its bits set, no pattern: the first two multipliers of wyhash (public domain).
  @usableFromInline static let step: UInt64 = 0xa076_1d64_78bd_642f
  @usableFromInline static let last: UInt64 = 0xe703_7ed1_a0b4_28db

  @inlinable @inline(__always) static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
