// What the peer of a link has declared: by index, whom a call that names it is made for. Finding that is an array look-up. Pure.

struct IncomingIdentities {
  private var declared: [Result<CallerIdentity, IdentityRefusal>?] = []

  var count: Int { declared.count { $0 != nil } }

  /// Replaces what the index named before. An index that no sender may use ends the link.
  mutating func declare(_ index: UInt16, _ identity: Result<CallerIdentity, IdentityRefusal>) throws(FrameError) {
    guard index < IdentityLimits.indexes else { throw .badIdentity(index) }
    if Int(index) >= declared.count { declared += Array(repeating: nil, count: Int(index) + 1 - declared.count) }
    declared[Int(index)] = identity
  }

  @inline(__always)
  subscript(index: UInt16) -> Result<CallerIdentity, IdentityRefusal>? {
    Int(index) < declared.count ? declared[Int(index)] : nil
  }
}
