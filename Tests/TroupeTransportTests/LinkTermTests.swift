// When a link has outlived its certificates.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Link term")
struct LinkTermTests {
  private let grace: Duration? = .seconds(60)
  private let term = LinkTerm(validUntil: WallTime(milliseconds: 1_000_000))

  @Test("it lasts as long as its certificates, is made anew then, and is cut after the grace")
  func verdicts() {
    #expect(term.verdict(wall: WallTime(milliseconds: 1_000_000), grace: grace) == .keep)
    #expect(term.verdict(wall: WallTime(milliseconds: 1_000_001), grace: grace) == .renew)
    #expect(term.verdict(wall: WallTime(milliseconds: 1_060_000), grace: grace) == .renew)
    guard case .cut(let reason) = term.verdict(wall: WallTime(milliseconds: 1_060_001), grace: grace) else {
      Issue.record("it is still there")
      return
    }
    #expect(reason.code == "certificate-expired")
  }

  @Test("without a grace a link outlives them")
  func off() {
    #expect(term.verdict(wall: WallTime(milliseconds: .max), grace: nil) == .keep)
  }

  @Test("without certificates nothing runs out")
  func plain() {
    #expect(LinkTerm(validUntil: nil).verdict(wall: WallTime(milliseconds: .max), grace: grace) == .keep)
  }
}
