// A call whose first try did not end it: further tries until one does, until none is allowed, or until the deadline.

extension Stage {
  /// The first try did not end the call: what is safe is tried again. Closes the call.
  @usableFromInline nonisolated(nonsending) func again(
    _ first: Reply, _ firstPass: CallPass, _ call: OpenCall, to target: RefTarget, _ method: CalledMethod, kind: String,
    _ write: (inout Writer) -> Void
  ) async throws -> Reply {
    var ending: CallError?
    var status = first.status
    defer {
      close(call)
      if let trace = call.trace { tell(trace, status, ending) }
    }
    defences.learn(kind, of: target.kind)
    var (reply, pass) = (first, firstPass)
    var mayHaveRun = false
    var lost = LostTry.none
    var pause = RetryPause(first: defences.policy.firstPause, longest: defences.policy.longestPause)
    while true {
      settle(reply, pass)
      let reason: Verdict.Reason
      switch verdict(on: reply, of: method, to: target, kind: kind) {
      case .final:
        status = reply.status
        return reply
      case .failed(let error):
        ending = mayHaveRun && !method.isQuery ? error.afterATryThatMayHaveRun() : error
        throw ending!
      case .again(let why): reason = why
      }
      if case .mayHaveRun = reason { mayHaveRun = true }
      if reply.status == .connectionLost { lost.take(pass, defences.lanes, in: routing?.view) }
      var rest = pause.next(random: loop.random())
      // Until then nothing passes; who looks all the same costs the callers that can be served.
      if case .breaker(let wait) = reason { rest += wait }
      let isTooLate = mayHaveRun && !method.isQuery && isForgotten(call, target)
      if let why = isTooLate ? .deadline : refusal(to: reason, call, target, pass, rest) {
        let error = lastWord(on: reply, of: method, to: target, kind: kind, why)
        ending = mayHaveRun && !method.isQuery ? error.afterATryThatMayHaveRun() : error
        throw ending!
      }
      await self.rest(rest, target.hash)
      if case .elsewhere(let behind?) = reason { await catchUp(with: behind, until: call.deadline) }
      defences.counts.retries += 1
      pass = .none
      reply = await withUnsafeContinuation {
        send(call, to: target, method, as: lost.isOrphaned(in: routing?.view) ? .orphan : .retry, write, $0, &pass)
      }
    }
  }

  /// The end of a traced call whose first try did not end it.
  @inline(never)
  private func tell(_ trace: CallTrace, _ status: ReplyStatus, _ error: CallError?) {
    guard let error else { return tracer?.end(trace, "\(status)", .yes) ?? () }
    tracer?.end(trace, error.code.rawValue, error.executed, error: error.message)
  }

  /// Why there is no other try after this one; nil when there is.
  private func refusal(
    to reason: Verdict.Reason, _ call: OpenCall, _ target: RefTarget, _ pass: CallPass, _ rest: Duration
  ) -> CallError.NotRetried? {
    let now = loop.freshNow()
    guard now + rest < call.deadline else { return .deadline }
    switch reason {
    // Of a breaker a caller with less time hears now and not at its deadline, although the shard may move until then.
    case .neverLeft, .breaker: return nil
    case .elsewhere(let behind):
      if let behind { onNewerEpoch?(behind) }
      return nil
    case .mayHaveRun:
      // A turn's caller may try the whole turn again: if each hop did, a call through five would be run 2^5 times.
      if call.turn != nil { return .innerHop }
      guard defences.policy.resendsLostCalls else { return .policy }
      // Another owner has not failed, and its load is no larger for calls that the last one had.
      guard goesToTheSame(target, pass), !takeRetry(of: target.kind) else { return nil }
      defences.counts.budgetRefusals += 1
      return .budget
    }
  }

  /// Whether the entity may have let go of what this call did, so that one more try could do it again. Entities remember for
  /// `DedupeWindow.age`; a try on its way may take some of that.
  private func isForgotten(_ call: OpenCall, _ target: RefTarget) -> Bool {
    let openedAt = call.deadline - .nanoseconds(target.options.deadlineNanoseconds)  // or later
    return loop.freshNow() - openedAt > DedupeWindow.age - Self.timeOnTheWay
  }

  private static var timeOnTheWay: Duration { .seconds(10) }

  /// Whether the next try would go where the last one went.
  private func goesToTheSame(_ target: RefTarget, _ pass: CallPass) -> Bool {
    guard let shard = shardIndex(target.hash) else { return true }
    switch routes[shard] {
    case .here: return pass.lane < 0
    case .away(let peer): return peer === defences.lanes.peer(of: pass)
    case .nobody: return false
    }
  }

  /// Whoever is behind reads the view before it tries again: the same owner would only say the same.
  private nonisolated(nonsending) func catchUp(with epoch: Epoch, until deadline: Instant) async {
    while epochOfRoutes < epoch.value {
      let left = deadline - loop.freshNow()
      guard left > .zero else { return }
      await rest(min(left, defences.policy.firstPause))
    }
  }

  private nonisolated(nonsending) func rest(_ pause: Duration) async {
    await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
      loop.schedule(after: pause) { waiter.resume() }
    }
  }

  /// The same, but it ends soon once something changed for the entity of this hash: another owner, or one that answers again.
  private nonisolated(nonsending) func rest(_ pause: Duration, _ hash: UInt64) async {
    await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
      let number = resting.begin(hash, waiter)
      loop.schedule(after: pause) { [home = home!] in home.stage.value.resting.end(number) }
    }
  }

  /// Whoever rests for one of these shards tries soon. All at once they would hold up everybody else's calls.
  func wakeResting(where isConcerned: (_ shard: Int) -> Bool) {
    guard !resting.isEmpty else { return }
    let spread = UInt64((defences.policy.longestPause / 4).wholeNanoseconds)
    for (number, hash) in resting.all {
      guard let shard = shardIndex(hash), isConcerned(shard) else { continue }
      let soon = Duration.nanoseconds(Int64(loop.random() % max(1, spread)))
      loop.schedule(after: soon) { [home = home!] in home.stage.value.resting.end(number) }
    }
  }
}
