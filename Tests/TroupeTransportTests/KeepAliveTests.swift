// When a silent peer is asked, and when it is given up.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Keep-alive")
struct KeepAliveTests {
  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  @Test("a busy link is never asked")
  func busy() {
    var life = KeepAlive(now: at(0))
    for tick in Int64(1)...10 {
      life.heard(now: at(tick * 500 - 10))
      #expect(life.tick(now: at(tick * 500)) == .fine)
    }
  }

  @Test("after a second of silence it is asked, after three it is dead")
  func silent() {
    var life = KeepAlive(now: at(0))
    #expect(life.tick(now: at(500)) == .fine)
    #expect(life.tick(now: at(1_000)) == .ping(1))
    #expect(life.tick(now: at(1_500)) == .ping(2))
    #expect(life.tick(now: at(2_000)) == .ping(3))
    #expect(life.tick(now: at(2_500)) == .ping(4))
    #expect(life.tick(now: at(3_000)) == .dead)
  }

  @Test("who was away itself does not blame the peer")
  func away() {
    var life = KeepAlive(now: at(0))
    #expect(life.tick(now: at(500)) == .fine)
    #expect(life.tick(now: at(60_000)) == .ping(1))
    life.heard(now: at(60_001))
    #expect(life.tick(now: at(60_500)) == .fine)
  }
}
