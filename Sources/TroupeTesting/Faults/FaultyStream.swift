// One direction of a connection with faults, as a machine over values: chunks go in, what leaves and when comes out. No socket, no clock;
// the fault proxy and the simulated network drive it.
import TroupeNet

/// Bytes on their way through `StreamFaults`.
///
/// A driver gives it what arrives (`take`, `takeEnd`, `takeReset`), asks for `next` until there is nothing, and asks again at `wakeAt`.
package struct FaultyStream: Sendable {
  package enum Action: Hashable, Sendable {
    /// Not intact when a bit was flipped or a chunk was sent twice: what a checksum or TLS would notice.
    case pass([UInt8], isIntact: Bool)
    /// The sender has no more, or so it looks: FIN.
    case end
    /// RST to both sides.
    case reset
  }

  /// Bytes under way, past which a driver reads no more: what a socket's buffers hold.
  package static let waitingLimit = 1 << 20

  /// With a rate, so much of a second leaves in one piece: smooth, and yet few wake-ups.
  private static let slicesASecond = 20

  package private(set) var faults: StreamFaults
  package private(set) var statistics = StreamStatistics()
  /// Whether the sender has ended, in peace or not.
  private(set) var hasSourceEnded = false

  private var waiting = WaitingPieces()
  private var lastDue = Instant(nanoseconds: .min)
  private var freeAt = Instant(nanoseconds: .min)
  /// Nothing more is let in: an end or a reset is under way or has passed.
  private var isShut = false
  /// A black hole has swallowed something: the receiver is owed a reset.
  private(set) var hasLost = false
  /// Positions in the stream at which something happens once.
  private var flipAt: Int?
  private var halfCloseAt: Int?
  private var resetAt: Int?
  // A generator each, so that one fault does not move what another hits.
  private var jitters: SeededRandom
  private var duplicates: SeededRandom
  private var flips: SeededRandom

  package init(_ faults: StreamFaults, seed: UInt64) {
    self.faults = .none
    var seeds = SeededRandom(seed: seed)
    jitters = SeededRandom(seed: seeds.next())
    duplicates = SeededRandom(seed: seeds.next())
    flips = SeededRandom(seed: seeds.next())
    set(faults, now: Instant(nanoseconds: .min))
  }

  package var waitingBytes: Int { waiting.byteCount }

  /// Nothing more will leave, however long one waits.
  package var isFinished: Bool { hasSourceEnded && waiting.first == nil }

  /// When `next` will have something; nil when nothing waits, or waits for other faults.
  package var wakeAt: Instant? { faults.isHeld ? nil : waiting.first.map { max($0.due, freeAt) } }

  // MARK: What happens

  /// From now on these. Bytes that are under way keep their delay.
  package mutating func set(_ new: StreamFaults, now: Instant) {
    new.check()
    let old = faults
    faults = new
    if new.flipAfter != old.flipAfter { flipAt = new.flipAfter.map { statistics.taken + $0 } }
    if new.halfCloseAfter != old.halfCloseAfter { halfCloseAt = new.halfCloseAfter.map { statistics.taken + $0 } }
    if new.resetAfter != old.resetAfter { resetAt = new.resetAfter.map { statistics.taken + $0 } }
    if new.rate != old.rate || new.drip != old.drip { freeAt = Instant(nanoseconds: .min) }
    if new.isBlackHole { return loseAll() }
    if old.isBlackHole, hasLost { return resetNow(at: now) }
    shutIfDue(at: now)
  }

  /// A chunk has arrived.
  package mutating func take(_ bytes: [UInt8], now: Instant) {
    let position = statistics.taken
    statistics.taken += bytes.count
    guard !isShut, !faults.isBlackHole else {
      if !isShut { hasLost = true }
      statistics.vanished += bytes.count
      return
    }
    var bytes = bytes
    var isIntact = flip(&bytes, at: position)
    if let end = [halfCloseAt, resetAt].compactMap({ $0 }).min(), end - position < bytes.count {
      statistics.vanished += bytes.count - (end - position)
      bytes.removeSubrange((end - position)...)
    }
    if faults.duplicate > 0, duplicates.happens(faults.duplicate), !bytes.isEmpty {
      statistics.duplicated += 1
      bytes += bytes
      isIntact = false
    }
    if !bytes.isEmpty { wait(.bytes(bytes[...], isIntact: isIntact), now) }
    shutIfDue(at: now)
  }

  /// The sender has no more.
  package mutating func takeEnd(now: Instant) { finish(.end, now) }

  /// The sender's side was reset.
  package mutating func takeReset(now: Instant) { finish(.reset, now) }

  /// Ends this direction behind what is under way, though the sender goes on.
  package mutating func halfClose(now: Instant) {
    guard !isShut, !faults.isBlackHole else { return }
    statistics.halfCloses += 1
    isShut = true
    wait(.end, now)
  }

  // MARK: What leaves

  /// What is due, or nil.
  package mutating func next(now: Instant) -> Action? {
    guard let wakeAt, wakeAt <= now, let first = waiting.first else { return nil }
    switch first.content {
    case .bytes: return pass(now)
    case .end:
      waiting.removeFirst()
      return .end
    case .reset:
      waiting.removeAll()
      return .reset
    }
  }

  private mutating func pass(_ now: Instant) -> Action {
    var limit = Int.max
    if let rate = faults.rate { limit = max(1, rate / Self.slicesASecond) }
    if let drip = faults.drip { limit = min(limit, drip.bytes) }
    var bytes: [UInt8] = []
    var isIntact = true
    repeat {
      guard let part = waiting.takeBytes(limit - bytes.count) else { break }
      bytes += part.bytes
      isIntact = isIntact && part.isIntact
    } while limit < Int.max && bytes.count < limit && (waiting.first.map { $0.due <= now } ?? false)
    statistics.passed += bytes.count
    if let rate = faults.rate { freeAt = now + .nanoseconds(Int64(bytes.count) * 1_000_000_000 / Int64(rate)) }
    if let drip = faults.drip { freeAt = max(freeAt, now + drip.every) }
    return .pass(bytes, isIntact: isIntact)
  }

  // MARK: Faults

  private mutating func wait(_ content: WaitingPieces.Content, _ now: Instant) {
    var travel = faults.delay
    if faults.jitter > .zero {
      let span = UInt64(faults.jitter.wholeNanoseconds) * 2 + 1
      travel = max(.zero, travel - faults.jitter + .nanoseconds(Int64(jitters.next() % span)))
    }
    if travel > .zero { statistics.delayed += 1 }
    lastDue = max(lastDue, now + travel)
    waiting.append(content, due: lastDue)
  }

  /// Returns whether nothing was flipped.
  private mutating func flip(_ bytes: inout [UInt8], at position: Int) -> Bool {
    let before = statistics.flipped
    if faults.flip > 0 {
      for index in bytes.indices where flips.happens(faults.flip) { flipBit(&bytes[index]) }
    }
    if let flipAt, flipAt - position < bytes.count {
      flipBit(&bytes[flipAt - position])
      self.flipAt = nil
    }
    return statistics.flipped == before
  }

  private mutating func flipBit(_ byte: inout UInt8) {
    byte ^= 1 << UInt8(flips.next() % 8)
    statistics.flipped += 1
  }

  private mutating func shutIfDue(at now: Instant) {
    guard !isShut else { return }
    if let resetAt, resetAt <= statistics.taken {
      statistics.resets += 1
      isShut = true
      wait(.reset, now)
    } else if let halfCloseAt, halfCloseAt <= statistics.taken {
      halfClose(now: now)
    }
  }

  private mutating func finish(_ content: WaitingPieces.Content, _ now: Instant) {
    hasSourceEnded = true
    if faults.isBlackHole {
      hasLost = true
    } else if !isShut {
      wait(content, now)
    } else if case .reset = content {
      wait(content, now)  // behind an end of ours the sender may still be reset
    }
    isShut = isShut || !faults.isBlackHole
  }

  private mutating func loseAll() {
    guard waiting.first != nil else { return }
    statistics.vanished += waiting.byteCount
    waiting.removeAll()
    hasLost = true
  }

  private mutating func resetNow(at now: Instant) {
    hasLost = false
    statistics.resets += 1
    isShut = true
    waiting.removeAll()
    waiting.append(.reset, due: now)
  }
}
