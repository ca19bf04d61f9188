// What a link has carried, and how long a sign of life takes: plain numbers that the loop adds to.
import TroupeNet

/// Since the link was made. Bytes are those of frames, before TLS; a large message counts as the chunks it travels in.
struct LinkTraffic {
  var framesIn: UInt64 = 0
  var framesOut: UInt64 = 0
  var bytesIn: UInt64 = 0
  var bytesOut: UInt64 = 0
  /// Of frames that left smaller with LZ4: what they were, and what they became.
  var bytesBefore: UInt64 = 0
  var bytesAfter: UInt64 = 0

  mutating func sent(bytes: Int) { bytesOut &+= UInt64(truncatingIfNeeded: bytes) }

  mutating func received(frames: Int, bytes: Int) {
    framesIn &+= UInt64(truncatingIfNeeded: frames)
    bytesIn &+= UInt64(truncatingIfNeeded: bytes)
  }

  mutating func shrunk(from before: Int, to after: Int) {
    bytesBefore &+= UInt64(truncatingIfNeeded: before)
    bytesAfter &+= UInt64(truncatingIfNeeded: after)
  }
}

/// From the last PING that was answered to its PONG. A link asks only when it hears nothing, so a busy one may know none.
struct RoundTrip {
  private(set) var last: Duration?
  private var asked: (number: UInt64, at: Instant)?

  mutating func asks(_ number: UInt64, at now: Instant) { asked = (number, now) }

  /// A PONG, which may answer something else.
  mutating func answered(_ number: UInt64, at now: Instant) {
    guard let asked, asked.number == number else { return }
    last = now - asked.at
    self.asked = nil
  }
}
