// Calls whose callers do not wait: sent at once and in order, and followed until it is known that they ran, or that nothing more
// can be done. Their answers travel like others: they say "moved" and "never arrived", after which a call is sent again as any is.

/// What one loop follows at once.
enum TellLimits {
  /// Told calls without an answer, a loop. Past it they are dropped, and counted.
  static let open = 65_536
}

/// Lives on its stage's loop.
final class ToldCall: ReplyListener {
  private let stage: Stage
  private let call: OpenCall
  private let target: RefTarget
  private let method: CalledMethod
  private let kind: String
  private let arguments: [UInt8]
  private var pass: CallPass?
  private var reply: Reply?

  init(_ stage: Stage, _ call: OpenCall, _ target: RefTarget, _ method: CalledMethod, kind: String, _ arguments: [UInt8]) {
    self.stage = stage
    self.call = call
    self.target = target
    self.method = method
    self.kind = kind
    self.arguments = arguments
  }

  func send() {
    var pass = CallPass.none
    let arguments = arguments
    stage.send(call, to: target, method, as: .first, { $0.append(arguments.span.bytes) }, ReplyWaiter(listener: self), &pass)
    self.pass = pass
    goOn()
  }

  /// It cannot leave.
  func drop() {
    if let trace = call.trace { stage.tracer?.end(trace, "dropped", .no) }
    stage.close(call)
    end(lost: true)
  }

  override func replied(_ reply: Reply) {
    self.reply = reply
    goOn()
  }

  /// The reply may have come before the try was known to have left.
  private func goOn() {
    guard let pass, let reply else { return }
    if reply.isFinal {
      stage.close(call, pass, reply.status)
      return end(lost: false)
    }
    let bound = LoopBound(self, on: stage.loop)
    stage.spawn { await bound.value.again(reply, pass) }
  }

  private nonisolated(nonsending) func again(_ reply: Reply, _ pass: CallPass) async {
    let arguments = arguments
    do {
      _ = try await stage.again(reply, pass, call, to: target, method, kind: kind) { $0.append(arguments.span.bytes) }
      end(lost: false)
    } catch {
      stage.log(.debug, "a call that nobody waits for, to \(kind)/\(target.id), was lost: \(error)")
      end(lost: true)
    }
  }

  private func end(lost: Bool) {
    stage.toldOpen -= 1
    if lost { stage.counters.toldLost += 1 }
  }
}

extension Stage {
  func tell(_ target: RefTarget, _ method: CalledMethod, kind: String, _ name: CalledName, _ arguments: [UInt8]) {
    if captured != nil {
      captured!.append(CapturedCall(entity: target.hash, method: method.id, arguments: arguments))
      return
    }
    counters.told += 1
    guard toldOpen < TellLimits.open, (try? target.check()) != nil, arguments.count <= CallLimits.payloadBytes else {
      counters.toldLost += 1
      return
    }
    toldOpen += 1
    let turn = TurnInfo.current
    var target = target
    if target.options.trace == nil, let trace = synchronousTurn?.trace ?? turn?.trace { target.options.trace = trace }
    if target.options.caller == nil, let caller = synchronousTurn?.caller ?? turn?.identity { target.options.caller = caller }
    // Not the turn's deadline: it does not wait, and may have ended by then.
    let call = OpenCall(
      sequence: target.options.idempotencyKey == nil ? openCalls.open() : 0, deadline: deadline(target.options, parent: nil), turn: nil,
      trace: tracer == nil ? nil : beginTrace(target, method.id, name, nil),
      bulk: openBulk.open(target.hash, isBulk: target.options.isBulk || synchronousTurn?.isBulk ?? turn?.isBulk ?? false))
    let told = ToldCall(self, call, target, method, kind: kind, arguments)
    if holdsTold { heldTold.append(told) } else { told.send() }
  }

  /// What a durable command told others leaves when what it did is durable.
  func letOut(_ told: [ToldCall], after offset: Offset, of shard: Shard) {
    if shard.isDurable(offset) {
      for call in told { call.send() }
    } else {
      shard.journal.hold(until: max(offset, shard.journal.end), .told(told))
    }
  }

  func takeHeldTold() -> [ToldCall] {
    holdsTold = false
    if heldTold.isEmpty { return [] }
    defer { heldTold = [] }
    return heldTold
  }
}

extension Cluster {
  func tell(_ target: RefTarget, _ method: CalledMethod, kind: String, _ name: CalledName, _ arguments: [UInt8]) {
    if let stage = currentStage { return stage.tell(target, method, kind: kind, name, arguments) }
    let home = home(of: target.hash)
    guard home.admitTold() else { return }
    home.loop.execute {
      home.toldArrived()
      home.stage.value.tell(target, method, kind: kind, name, arguments)
    }
  }
}
