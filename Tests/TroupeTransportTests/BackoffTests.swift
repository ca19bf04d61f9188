// The pauses between attempts.
import Testing

@testable import TroupeTransport

@Suite("Back-off")
struct BackoffTests {
  @Test("steps double from 50 ms to 2 s; chance takes at most half")
  func steps() {
    for (random, factor) in [(UInt64.max, 1.0), (0, 0.5)] {
      var backoff = Backoff()
      for step in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000] {
        let pause = backoff.next(random: random)
        #expect(abs((pause - .milliseconds(step) * factor) / .milliseconds(1)) < 0.01)
      }
      backoff.reset()
      #expect(backoff.next(random: 0) == .milliseconds(25))
    }
  }
}
