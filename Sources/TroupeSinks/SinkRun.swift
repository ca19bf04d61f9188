// One batch of messages on its way to a service that takes a few at a time, and may take some of them only. Pure: what goes into the next
// call, and what is left when all is said.

import Troupe
import TroupeAWS

struct SinkRun {
  struct Limits: Hashable, Sendable {
    /// Entries of one call, and bytes of them all.
    var count: Int
    var bytes: Int
    /// Bytes of one entry.
    var entryBytes: Int
    /// Messages of one entity keep their order: so a call has at most one of each, or one that is refused would be overtaken by the next.
    var keepsOrder: Bool
  }

  private let limits: Limits
  private let size: (SinkMessage) -> Int
  private var waiting: [SinkMessage]
  private var refused: [(offset: Offset, reason: String)] = []
  /// What could not be taken just now.
  private var held: [Offset] = []
  private var reasonToHold: String?
  /// Entities of which a message was not taken.
  private var blocked: Set<String> = []

  init(_ messages: [SinkMessage], limits: Limits, size: @escaping (SinkMessage) -> Int) {
    (waiting, self.limits, self.size) = (messages, limits, size)
  }

  /// What is to be sent next; empty when nothing is.
  mutating func next() -> [SinkMessage] {
    var call: [SinkMessage] = []
    var rest: [SinkMessage] = []
    var bytes = 0
    var inCall: Set<String> = []
    var isFull = reasonToHold != nil
    for message in waiting {
      if limits.keepsOrder, blocked.contains(message.entity) {
        held.append(message.offset)
        continue
      }
      let own = size(message)
      guard own <= limits.entryBytes else {
        refuse(message, "the message has \(own) bytes, more than the \(limits.entryBytes) that one may have")
        continue
      }
      isFull = isFull || call.count == limits.count || bytes + own > limits.bytes
      // Behind one that has to wait, its entity's later ones wait too.
      if isFull || (limits.keepsOrder && !inCall.insert(message.entity).inserted) {
        rest.append(message)
      } else {
        call.append(message)
        bytes += own
      }
    }
    waiting = rest
    return call
  }

  mutating func answered(_ call: [SinkMessage], _ outcomes: [EntryOutcome]) {
    for (message, outcome) in zip(call, outcomes) {
      guard case .refused(let code, let text, let isSendersFault) = outcome else { continue }
      let reason = text.isEmpty ? code : "\(code): \(text)"
      if isSendersFault { refuse(message, reason) } else { hold(message, reason) }
    }
    for message in call.dropFirst(outcomes.count) { hold(message, "the service answered for too few") }
  }

  /// The call as a whole was not answered as it should.
  mutating func failed(_ call: [SinkMessage], _ error: AWSError) {
    if case .refused(let code, _, _, _) = error, Self.messagesFaults.contains(code) {
      for message in call { refuse(message, error.description) }
    } else {
      for message in call { hold(message, error.description) }
    }
  }

  /// Something in one of the entries; with several, nobody knows which.
  private static let messagesFaults: Set<String> = [
    "ValidationException", "ValidationError", "InvalidParameterValue", "InvalidParameterValueException", "InvalidMessageContents",
    "InvalidArgumentException", "BatchRequestTooLong", "SerializationException",
  ]

  private mutating func refuse(_ message: SinkMessage, _ reason: String) {
    refused.append((message.offset, reason))
    blocked.insert(message.entity)
  }

  private mutating func hold(_ message: SinkMessage, _ reason: String) {
    held.append(message.offset)
    blocked.insert(message.entity)
    reasonToHold = reasonToHold ?? reason
  }

  /// Nil when everything was taken.
  var left: MessagesLeft? {
    let offsets = refused.map(\.offset) + held + waiting.map(\.offset)
    guard !offsets.isEmpty else { return nil }
    if let first = refused.first { return MessagesLeft(offsets, first.reason, canWait: false) }
    return MessagesLeft(offsets, reasonToHold ?? "not sent", canWait: true)
  }
}
