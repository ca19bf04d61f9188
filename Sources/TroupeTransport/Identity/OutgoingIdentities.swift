// The identities that this side of a link has declared: which index names which. Pure. Past its bound the one that was not used for
// longest gives its index away.

struct OutgoingIdentities {
  private struct Slot {
    var identity: SignedIdentity
    var newer: Int
    var older: Int
  }

  private static var none: Int { -1 }

  private let limit: Int
  private var slots: [Slot] = []
  private var indexes: [SignedIdentity: UInt16] = [:]
  private var newest = none
  private var oldest = none

  init(limit: Int = IdentityLimits.indexes) {
    precondition((1...Int(UInt16.max)).contains(limit), "\(limit) identities have no index each")
    self.limit = limit
  }

  var count: Int { slots.count }

  /// The identity's index, and whether it has to be declared before a call names it.
  mutating func index(of identity: SignedIdentity) -> (index: UInt16, isNew: Bool) {
    // Calls come in runs; the same object is the same identity.
    if newest >= 0, slots[newest].identity === identity { return (UInt16(newest), false) }
    if let known = indexes[identity] {
      unlink(Int(known))
      link(Int(known))
      return (known, false)
    }
    let index = makeRoom(for: identity)
    indexes[identity] = UInt16(index)
    link(index)
    return (UInt16(index), true)
  }

  /// The peer did not take one: each is declared anew before it is named again.
  mutating func removeAll() {
    guard !slots.isEmpty else { return }
    self = OutgoingIdentities(limit: limit)
  }

  private mutating func makeRoom(for identity: SignedIdentity) -> Int {
    if slots.count < limit {
      slots.append(Slot(identity: identity, newer: Self.none, older: Self.none))
      return slots.count - 1
    }
    let index = oldest
    unlink(index)
    indexes[slots[index].identity] = nil
    slots[index].identity = identity
    return index
  }

  private mutating func unlink(_ index: Int) {
    let (newer, older) = (slots[index].newer, slots[index].older)
    if newer >= 0 { slots[newer].older = older } else { newest = older }
    if older >= 0 { slots[older].newer = newer } else { oldest = newer }
  }

  private mutating func link(_ index: Int) {
    slots[index].newer = Self.none
    slots[index].older = newest
    if newest >= 0 { slots[newest].newer = index } else { oldest = index }
    newest = index
  }
}
