// How well a shard and a member go together: a hash of both. FIXED within the placement "hash-1": members of different
// versions must agree.
import TroupeWire

enum Score {
  static func hash(of id: NodeID) -> UInt64 { entityHash(kindID: 0, id: id.value) }

  static func of(shard: Int, member: UInt64) -> UInt64 { mix(member ^ mix(UInt64(shard) &+ 1)) }

  /// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
