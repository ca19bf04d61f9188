// What a turn knows about the call that it runs: the calls it makes inherit from it.

final class TurnInfo: Sendable {
  /// Of the turn whose task this is. Synchronous turns make no calls and need none; see `Stage.synchronousTurn`.
  @TaskLocal static var current: TurnInfo?

  let deadline: Instant
  let identity: String?
  /// The entity whose turn this is.
  private let kind: UInt32
  private let id: String
  /// Who waits for it.
  private let callers: CallChain?

  init(deadline: Instant, kind: UInt32, id: String, callers: CallChain?, identity: String?) {
    self.deadline = deadline
    self.kind = kind
    self.id = id
    self.callers = callers
    self.identity = identity
  }

  /// Who waits for the calls that this turn makes: ends with its entity. Made when it is asked for, since most turns make none.
  var chain: CallChain { CallChain(kind: kind, id: id, next: callers) }
  var chainLength: Int { (callers?.length ?? 0) + 1 }
}
