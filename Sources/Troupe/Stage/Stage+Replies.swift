// Answers on their way out.

extension Stage {
  func reply(to sink: ReplySink, _ status: ReplyStatus, _ bytes: RawSpan) {
    switch sink {
    case .link(let link, let request): link.reply(request: request, status: status, bytes)
    case .waiter(let waiter): waiter.resume(returning: Reply(status: status, bytes: bytes.withUnsafeBytes { [UInt8]($0) }))
    case .home(let call): call.goBack(with: status, bytes)
    case .traced(let traced):
      traced.ends(status)
      reply(to: traced.inner, status, bytes)
    case .attempted(let attempted):
      attempted.ends(status)
      reply(to: attempted.inner, status, bytes)
    }
  }

  func reply(to sink: ReplySink, _ status: ReplyStatus, _ bytes: [UInt8]) {
    switch sink {
    case .link(let link, let request): link.reply(request: request, status: status, bytes.span.bytes)
    case .waiter(let waiter): waiter.resume(returning: Reply(status: status, bytes: bytes))
    case .home(let call): call.goBack(with: status, bytes.span.bytes)
    case .traced(let traced):
      traced.ends(status)
      reply(to: traced.inner, status, bytes)
    case .attempted(let attempted):
      attempted.ends(status)
      reply(to: attempted.inner, status, bytes)
    }
  }

  /// A refusal by name, with a sentence for people.
  func reply(to sink: ReplySink, _ status: ReplyStatus, text: String) {
    counters.refused += 1
    reply(to: sink, status, Array(text.utf8))
  }

  /// Not here: the caller must have read the register up to `epoch` before it tries again.
  func reply(to sink: ReplySink, _ status: ReplyStatus, epoch: Epoch) {
    var writer = Writer()
    writer.fixed64(epoch.value)
    reply(to: sink, status, writer.bytes)
  }

  /// Something that a dispatcher threw: not an error of the entity's own.
  func refuse(_ error: any Error, of activation: Activation, to sink: ReplySink) {
    if let error = error as? CallError, error.mayBeTriedAnew {
      return reply(to: sink, .unknown, text: "\(activation.kind.name)/\(activation.id) called another entity: \(error.message)")
    }
    let (status, text) = describe(error, of: activation)
    reply(to: sink, status, text: text)
  }

  /// The status and the bytes with which a durable turn ends: a copy of their own size, since the entity keeps them for a retry and
  /// the writer's memory may be large.
  func settle(_ result: Result<Outcome, any Error>, _ writer: Writer, of activation: Activation) -> (ReplyStatus, [UInt8]) {
    switch result {
    case .success(let outcome): return (outcome.status, writer.span.withUnsafeBytes { [UInt8]($0) })
    case .failure(let error):
      let (status, text) = describe(error, of: activation)
      counters.refused += 1
      return (status, Array(text.utf8))
    }
  }

  private func describe(_ error: any Error, of activation: Activation) -> (ReplyStatus, String) {
    switch error {
    case DispatchError.unknownMethod(let method):
      (.unknownMethod, unknownMethod(method, of: activation.kind))
    case let error as WireError: (.badArguments, "the arguments cannot be read: \(error)")
    default: (.fault, describeFault(error, of: activation))
    }
  }

  /// A defect of the entity: the log says all of it, the caller gets the sentence.
  private func describeFault(_ error: any Error, of activation: Activation) -> String {
    log(.error, "\(activation.kind.name)/\(activation.id) failed: \(String(reflecting: error))")
    return "\(activation.kind.name)/\(activation.id) failed: \(error)"
  }

  func describeCycle(_ callers: TurnInfo, closing activation: Activation) -> String {
    let names = callers.chain.map { "\(registry.kinds[$0.kind]?.name ?? String($0.kind, radix: 16))/\($0.entity)" }
    return "the call would wait for itself: " + (names + ["\(activation.kind.name)/\(activation.id)"]).joined(separator: " → ")
  }
}
