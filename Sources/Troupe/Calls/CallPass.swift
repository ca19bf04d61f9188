// What a try keeps in its caller's frame about how it left: twenty-four bytes, no reference.

/// Which lane a try went through, and when.
@usableFromInline struct CallPass: Sendable {
  /// Negative for a try that met no breaker: to an entity of this process, or refused before.
  let lane: Int32
  /// Of its breakers together: an outcome of another era is not heard.
  let era: UInt32
  let isProbe: Bool
  let sentAt: Instant

  /// Before the try, and where there is nobody to tell.
  @usableFromInline static var none: CallPass { CallPass(lane: -1, era: 0, isProbe: false, sentAt: Instant(nanoseconds: 0)) }
}

/// What the end of a try says about the peer that it went to, and about its entities of that kind.
enum Testimony: Hashable {
  /// The peer has spoken, whatever it said: it lives, and so does the kind.
  case answered
  /// The peer cannot be reached, or is silent.
  case peerFailed
  /// The peer lives, and an entity of the kind did not answer in time.
  case kindFailed
  case nothing

  /// - Parameters:
  ///   - waited: from when it was sent.
  ///   - isHeard: whether the peer has shown lately that it lives: see `Peer.isHeard`.
  ///   - isLinked: whether any link to the peer is open.
  init(of status: ReplyStatus, waited: Duration, shortestWait: Duration, isHeard: Bool, isLinked: Bool) {
    self =
      switch status {
      case .value, .failure, .fault, .moved, .notServing, .unknownKind, .unknownMethod, .badArguments, .callCycle, .refused, .keyReused,
        .cancelled, .identityExpired, .identityRefused, .notYet, .quarantined,
        .replyTooLarge:
        .answered
      case .neverSent, .connectionLost: .peerFailed
      case .timedOut: waited < shortestWait ? .nothing : isHeard ? .kindFailed : .peerFailed
      // Of a peer: it waited for its entity there. Of ours: it waited for a link until its time was up.
      case .deadlineExceeded: isLinked || waited < shortestWait ? .nothing : .peerFailed
      // May be said by a full queue of ours; and a peer that says it says for how long.
      case .overloaded: .nothing
      case .unknown, .tooLarge, .breakerOpen, .abandoned: .nothing
      }
  }
}
