// Promises that can be broken on purpose, one at a time, to see that somebody notices. Only in a build that was made for it
// (`make test-sabotage`): in every other one each of these is `false` when it is compiled.

/// What is left out or done wrong.
package enum Sabotage: String, CaseIterable, Sendable {
  /// Heirs do not wait for the end of a dead member's lease.
  case leaseWait
  /// They wait for a lease by their own clock, and no longer.
  case leaseMargin
  /// A lease is counted from the end of its beat.
  case leaseFromEnd
  /// Nodes and clients believe whoever speaks.
  case receiversCheck
  /// Whoever knows the end of a log may append to it.
  case fence
  /// Answers leave before their record is in the store.
  case gate
  /// A command that comes again runs again.
  case dedupe
  /// What comes late for a caller who has had his answer is taken for new.
  case acknowledgements
  /// A shard is given away while its turns go on.
  case seal
  /// A member gives what it does not serve yet.
  case giveUnserved
  /// An append of which nobody knows is taken for one that failed.
  case unknownAppend

  #if TROUPE_SABOTAGE
    /// Set before anything runs, and nothing else runs meanwhile.
    nonisolated(unsafe) package static var active: Set<Sabotage> = []
    package var isOn: Bool { Self.active.contains(self) }
    package static let isPossible = true
  #else
    @inlinable package var isOn: Bool { false }
    package static let isPossible = false
  #endif
}
