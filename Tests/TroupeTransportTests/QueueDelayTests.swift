// How long calls have waited, told from the stamps of a clock that says nothing to ours.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Queue delay")
struct QueueDelayTests {
  /// A peer whose clock is `ahead` of ours; the way takes `way`, both in milliseconds.
  struct Talk {
    var delay = QueueDelay()
    var ahead: Int64

    mutating func arrives(at milliseconds: Int64, way: Int64) -> Int64 {
      delay.stamped(UInt64(bitPattern: (milliseconds - way + ahead) * 1_000_000), now: Instant(nanoseconds: milliseconds * 1_000_000))
      return delay.nanoseconds / 1_000_000
    }
  }

  @Test("what counts is how much longer than the shortest way", arguments: [0, 5_000_000, -5_000_000] as [Int64])
  func shortest(ahead: Int64) {
    var talk = Talk(ahead: ahead)
    #expect([5, 3, 3, 40, 4].enumerated().map { talk.arrives(at: Int64($0.offset * 10 + 1_000), way: $0.element) } == [0, 0, 0, 37, 1])
  }

  @Test("a queue that stands does not pass for the way; drifting clocks are followed")
  func standing() {
    var talk = Talk(ahead: 0)
    #expect(talk.arrives(at: 0, way: 2) == 0)
    for second in 1...60 as ClosedRange<Int64> { #expect(talk.arrives(at: second * 1_000, way: 102) >= 94) }
    // A clock that loses a tenth of a millisecond a second.
    var drifting = Talk(ahead: 0)
    for second in 0...600 as ClosedRange<Int64> {
      drifting.ahead = -second / 10
      #expect(drifting.arrives(at: second * 1_000, way: 2) <= 2)
    }
  }
}
