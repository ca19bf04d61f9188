// What a turn knows about the call that it runs: the calls it makes inherit from it.

final class TurnInfo: Sendable {
  /// Of the turn whose task this is. Synchronous turns make no calls and need none; see `Stage.synchronousCaller`.
  @TaskLocal static var current: TurnInfo?

  let deadline: Instant
  /// Ends with the entity whose turn this is.
  let chain: CallChain
  let identity: String?

  init(deadline: Instant, chain: CallChain, identity: String?) {
    self.deadline = deadline
    self.chain = chain
    self.identity = identity
  }
}
