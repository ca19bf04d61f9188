// The first try of a query that asks for hedging: after a while a second one goes beside it, and the first answer counts.

/// Lives on its stage's loop. Each try has a task that waits for its reply; the last one to come finds nobody.
final class HedgedTry {
  typealias Outcome = (reply: Reply, pass: CallPass)

  private let stage: Stage
  private let call: OpenCall
  private let target: RefTarget
  private let method: CalledMethod
  private let arguments: [UInt8]
  private var waiter: UnsafeContinuation<Outcome, Never>?
  private var underWay = 0
  private var timer: LoopTimer?

  private init(_ stage: Stage, _ call: OpenCall, _ target: RefTarget, _ method: CalledMethod, _ arguments: [UInt8]) {
    self.stage = stage
    self.call = call
    self.target = target
    self.method = method
    self.arguments = arguments
  }

  /// A reply that ends the call, or the last of those that do not.
  static nonisolated(nonsending) func run(
    on stage: Stage, _ call: OpenCall, to target: RefTarget, _ method: CalledMethod, after delay: Duration, _ write: (inout Writer) -> Void
  ) async -> Outcome {
    var writer = Writer()
    write(&writer)
    let tries = HedgedTry(stage, call, target, method, writer.bytes)
    return await withUnsafeContinuation { waiter in
      tries.waiter = waiter
      tries.timer = stage.loop.schedule(after: delay) { tries.hedge() }
      tries.send(as: .first)
    }
  }

  private func send(as attempt: Attempt) {
    underWay += 1
    let bound = LoopBound(self, on: stage.loop)
    stage.spawn {
      var pass = CallPass.none
      let reply = await withUnsafeContinuation { (continuation: UnsafeContinuation<Reply, Never>) in
        let own = bound.value
        let arguments = own.arguments
        // This task waits for the try, and not the caller's, which goes on when the other try is answered.
        var call = own.call
        call.caller = try? .current()
        own.stage.send(call, to: own.target, own.method, as: attempt, { $0.append(arguments.span.bytes) }, continuation, &pass)
      }
      bound.value.ended((reply, pass), attempt)
    }
  }

  private func hedge() {
    timer = nil
    guard waiter != nil, stage.takeRetry(of: target.kind) else { return }
    stage.defences.counts.hedges += 1
    send(as: .hedge)
  }

  private func ended(_ outcome: Outcome, _ attempt: Attempt) {
    underWay -= 1
    guard outcome.reply.isFinal || underWay == 0, let waiter else { return stage.settle(outcome.reply, outcome.pass) }
    self.waiter = nil
    timer?.cancel()
    if attempt == .hedge, outcome.reply.isFinal { stage.defences.counts.hedgesWon += 1 }
    waiter.resume(returning: outcome)
  }
}

extension Stage {
  /// The first try of a call, hedged where its caller asks for it and it is allowed.
  @usableFromInline nonisolated(nonsending) func firstTry(
    _ call: OpenCall, to target: RefTarget, _ method: CalledMethod, _ write: (inout Writer) -> Void
  ) async -> (reply: Reply, pass: CallPass) {
    if let delay = target.options.hedgeAfter, method.isQuery, defences.policy.allowsHedging, call.turn == nil, goesAway(target) {
      return await HedgedTry.run(on: self, call, to: target, method, after: delay, write)
    }
    var pass = CallPass.none
    let reply = await withUnsafeContinuation { send(call, to: target, method, write, $0, &pass) }
    return (reply, pass)
  }

  private func goesAway(_ target: RefTarget) -> Bool {
    guard let shard = shardIndex(target.hash), case .away = routes[shard] else { return false }
    return true
  }
}
