// How a call ended. The first part travels; the second is what a link says about calls whose answer it will not get.

/// How a call ended, as its caller sees it.
public enum ReplyStatus: UInt8, Sendable, CaseIterable {
  /// The method's result.
  case value = 0
  /// The entity's own error.
  case failure = 1
  /// The method ran and broke: text.
  case fault = 2
  /// Not the owner, not executed; the caller must read the register up to this epoch: `UInt64`.
  case moved = 3
  /// A queue is full, not executed: text; `Reply.retryAfter` says how long to wait.
  case overloaded = 4
  /// Its time was up before it began, not executed.
  case deadlineExceeded = 5
  case unknownKind = 6
  case unknownMethod = 7
  /// The arguments cannot be read, not executed: text.
  case badArguments = 8
  /// The call would wait for itself, not executed: text.
  case callCycle = 9
  /// The owner does not serve the shard at the moment, not executed: text.
  case notServing = 10
  /// Nobody knows whether it took effect: text.
  case unknown = 11
  /// Not allowed, not executed: text.
  case refused = 12
  /// The idempotency key was used for another call, not executed: text.
  case keyReused = 13
  /// It was executed, but its result does not fit in a frame.
  case replyTooLarge = 14
  /// The caller took it back before it began, not executed.
  case cancelled = 15
  /// The identity in whose name it was made has run out, not executed: text.
  case identityExpired = 20
  /// The identity in whose name it was made is not one that counts here, not executed: text.
  case identityRefused = 21
  /// It would record what not every member of the view can read yet, not executed: text.
  case notYet = 22
  /// Calls to the entity ended the processes that ran them, so it is left alone for a while; not executed: text.
  case quarantined = 23

  // Never on the wire.

  /// It did not leave this process: not executed.
  case neverSent = 200
  /// The link ended while it was under way: maybe executed.
  case connectionLost = 201
  /// No answer in time: maybe executed.
  case timedOut = 202
  /// The call does not fit in a frame: not executed.
  case tooLarge = 203
  /// The caller's task was cancelled while the call was under way: maybe executed.
  case abandoned = 204
  /// A circuit breaker did not let it leave, not executed: text; `Reply.retryAfter` says when the next probe may go.
  case breakerOpen = 205

  /// Whether the callee did not take what the caller said of its identity.
  var isAboutIdentity: Bool { self == .identityExpired || self == .identityRefused }

  var travels: Bool { rawValue < 200 }

  /// A status from a newer peer, or one that must not travel, means that nobody knows.
  init(received byte: UInt8) {
    guard let status = ReplyStatus(rawValue: byte), status.travels else {
      self = .unknown
      return
    }
    self = status
  }
}
