// When a loop refuses calls because it cannot keep up.
import Testing

@testable import Troupe

@Suite struct LoadShedderTests {
  let shedder = LoadShedder(OverloadPolicy(target: .milliseconds(20), patience: .milliseconds(200)))

  private func verdict(waited: Int64, sinceIdle: Int64) -> LoadShedder.Verdict {
    let now = Instant(nanoseconds: 10_000_000_000)
    return shedder.verdict(waited: waited * 1_000_000, now: now, lastIdle: now - .milliseconds(sinceIdle))
  }

  @Test func aLoopThatHadTimeToWaitRefusesNothing() {
    for waited in [0, 19, 21, 5_000] as [Int64] { #expect(verdict(waited: waited, sinceIdle: 200) == .run) }
  }

  @Test func aLoopThatIsBehindRefusesWhatHasWaitedTooLong() {
    #expect(verdict(waited: 20, sinceIdle: 201) == .runLate(20_000_000))
    #expect(verdict(waited: 21, sinceIdle: 201) == .refuse(retryAfterMilliseconds: 50))
    #expect(verdict(waited: 300, sinceIdle: 9_000) == .refuse(retryAfterMilliseconds: 600))
    #expect(verdict(waited: 60_000, sinceIdle: 9_000) == .refuse(retryAfterMilliseconds: 1_000))
  }

  @Test func turnedOffItRefusesNothing() {
    let now = Instant(nanoseconds: 10_000_000_000)
    #expect(LoadShedder(.off).verdict(waited: 9_000_000_000, now: now, lastIdle: Instant(nanoseconds: 0)) == .run)
  }
}
