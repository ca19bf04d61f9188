// What a reply means for its call: the end, or another try. Only what is safe is tried again.

enum Verdict {
  case final
  case failed(CallError)
  /// Try again; the other side knew a view of this epoch, if it said so.
  case again(behind: Epoch?)
}

extension Stage {
  func verdict(on reply: Reply, of method: CalledMethod, to target: RefTarget, isRetry: Bool) -> Verdict {
    if reply.status == .value || reply.status == .failure { return .final }
    let text = reply.text
    switch reply.status {
    case .value, .failure: return .final
    case .moved:
      var reader = Reader(reply.bytes.span.bytes)
      return .again(behind: (try? reader.fixed64()).map { Epoch($0) })
    case .notServing, .neverSent: return .again(behind: nil)
    case .connectionLost, .unknown:
      return method.isRepeatable || target.options.idempotencyKey != nil
        ? .again(behind: nil) : .failed(lastWord(on: reply, of: method, to: target, isRetry: isRetry))
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
    case .cancelled: return .failed(CallError(.cancelled, text))
    case .abandoned: return .failed(CallError(.cancelled, text, executed: .maybe))
    }
  }

  /// When no time is left for another try.
  func lastWord(on reply: Reply, of method: CalledMethod, to target: RefTarget, isRetry: Bool) -> CallError {
    let name = "\(registry.kinds[target.kind]?.name ?? String(target.kind, radix: 16))/\(target.id)"
    switch reply.status {
    case .connectionLost, .unknown:
      return CallError(
        .unknownOutcome, "the node that ran the call to \(name) went away before it answered", executed: .maybe,
        mayRetry: method.isRepeatable)
    default:
      return CallError(.unavailable, "nobody served \(name) in time", executed: isRetry ? .maybe : .no, mayRetry: true)
    }
  }
}
