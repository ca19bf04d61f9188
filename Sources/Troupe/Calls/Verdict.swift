// What a reply means for its call: the end, or another try. Only what is safe is tried again. docs/calls.md has it as a table.

enum Verdict {
  case final
  case failed(CallError)
  case again(Reason)

  /// Why another try may help. The first three have not executed the call and cost the callee nothing: they are free, at every hop.
  enum Reason {
    /// It did not leave this process.
    case neverLeft
    /// A breaker held it back; the next probe may go after so long.
    case breaker(Duration)
    /// Not executed there; the other side knew a view of this epoch, if it said so.
    case elsewhere(behind: Epoch?)
    /// It may have run, and may run again: at the first hop only, and out of the retry budget.
    case mayHaveRun
  }
}

extension Stage {
  func verdict(on reply: Reply, of method: CalledMethod, to target: RefTarget, kind: String) -> Verdict {
    if reply.isFinal { return .final }
    let text = reply.text
    switch reply.status {
    case .value, .failure: return .final
    case .moved:
      var reader = Reader(reply.bytes.span.bytes)
      return .again(.elsewhere(behind: (try? reader.fixed64()).map { Epoch($0) }))
    case .notServing: return .again(.elsewhere(behind: nil))
    case .neverSent: return .again(.neverLeft)
    case .breakerOpen: return .again(.breaker(reply.retryAfter ?? .zero))
    case .connectionLost, .unknown:
      guard method.isRepeatable || target.options.idempotencyKey != nil else {
        return .failed(lastWord(on: reply, of: method, to: target, kind: kind, .notRepeatable))
      }
      return .again(.mayHaveRun)
    case .fault: return .failed(CallError(.entityFault, text, executed: .maybe))
    case .overloaded: return .failed(CallError(.overloaded, text, mayRetry: true, retryAfter: reply.retryAfter ?? .milliseconds(100)))
    case .deadlineExceeded: return .failed(CallError(.deadlineExceeded, text, mayRetry: true))
    case .timedOut:
      let text = "no answer within \(target.options.deadline)"
      return .failed(CallError(.deadlineExceeded, text, executed: .maybe, mayRetry: method.isRepeatable))
    case .replyTooLarge:
      return .failed(CallError(.tooLarge, "the call was executed, but its result does not fit in a frame", executed: .yes))
    case .tooLarge: return .failed(CallError(.tooLarge, "the arguments do not fit in a frame"))
    case .unknownKind: return .failed(CallError(.unknownKind, text))
    case .unknownMethod: return .failed(CallError(.unknownMethod, text))
    case .badArguments: return .failed(CallError(.badArguments, text))
    case .callCycle: return .failed(CallError(.callCycle, text))
    case .keyReused: return .failed(CallError(.keyReused, text))
    case .refused: return .failed(CallError(.refused, text))
    case .identityExpired: return .failed(CallError(.identityExpired, text))
    case .identityRefused: return .failed(CallError(.identityRefused, text))
    case .notYet: return .failed(CallError(.unavailable, text, mayRetry: true, retryAfter: .seconds(1)))
    case .quarantined: return .failed(CallError(.quarantined, text))
    case .cancelled: return .failed(CallError(.cancelled, text))
    case .abandoned: return .failed(CallError(.cancelled, text, executed: .maybe))
    }
  }

  /// When there is no other try.
  func lastWord(
    on reply: Reply, of method: CalledMethod, to target: RefTarget, kind: String, _ why: CallError.NotRetried
  ) -> CallError {
    let name = "\(kind)/\(target.id)"
    let budget = why == .budget ? "; it was not sent again, because the retry budget for \(kind) is spent" : ""
    switch reply.status {
    case .connectionLost:
      return CallError(
        .unknownOutcome, "the node that ran the call to \(name) went away before it answered\(budget)", executed: .maybe,
        mayRetry: method.isRepeatable, notRetried: why)
    case .unknown:
      return CallError(
        .unknownOutcome, "nobody knows whether the call to \(name) took effect: \(reply.text)\(budget)", executed: .maybe,
        mayRetry: method.isRepeatable, notRetried: why)
    case .breakerOpen:
      return CallError(
        .breakerOpen, "the call to \(name) was not sent: \(reply.text)", mayRetry: true, retryAfter: reply.retryAfter, notRetried: why)
    default:
      return CallError(.unavailable, "nobody served \(name) in time", mayRetry: true, notRetried: why)
    }
  }
}
