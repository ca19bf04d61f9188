// How far callers have got with the answers to their calls. A try that was stuck on a link may arrive when another one was answered and
// acknowledged, and its record is gone: without this it would be taken for a new call.
import TroupeNet

/// What a loop knows of its callers' acknowledgements. It goes with the process, as do the links that late tries arrive on.
struct AcknowledgedCalls {
  /// Callers whose word is kept. Past it those that said nothing for longest are forgotten.
  static let limit = 16_384
  /// A link that bears nothing for this long is gone, and nothing can arrive on it any more; several times that.
  static let age: Duration = .seconds(60)

  private struct Word {
    var lowestOpen: UInt64
    var heard: Instant
  }

  private var words: [UInt64: Word] = [:]

  init() {}

  /// False for a call that its caller has had the answer to. Callers' numbers rise from 1; 0 is nobody's.
  mutating func admit(_ call: CallID, lowestOpen: UInt64, now: Instant) -> Bool {
    guard !call.isKeyed, lowestOpen > 0, !Sabotage.acknowledgements.isOn else { return true }
    if words.count >= Self.limit { forget(now) }
    let known = words[call.caller]?.lowestOpen ?? 0
    if call.sequence < known { return false }
    words[call.caller] = Word(lowestOpen: max(known, lowestOpen), heard: now)
    return true
  }

  private mutating func forget(_ now: Instant) {
    words = words.filter { now - $0.value.heard < Self.age }
    guard words.count >= Self.limit else { return }
    let median = words.values.map(\.heard).sorted()[words.count / 2]
    words = words.filter { $0.value.heard > median }
  }
}
