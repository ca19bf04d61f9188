// When a link has outlived its certificates.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Link term")
struct LinkTermTests {
  private let term = LinkTerm(validUntil: WallTime(milliseconds: 1_000_000))

  @Test("it lasts as long as its certificates, is made anew then, and is cut after the grace")
  func verdicts() {
    #expect(term.verdict(wall: WallTime(milliseconds: 1_000_000)) == .keep)
    #expect(term.verdict(wall: WallTime(milliseconds: 1_000_001)) == .renew)
    #expect(term.verdict(wall: WallTime(milliseconds: 1_060_000)) == .renew)
    guard case .cut(let reason) = term.verdict(wall: WallTime(milliseconds: 1_060_001)) else {
      Issue.record("it is still there")
      return
    }
    #expect(reason.code == "certificate-expired")
  }

  @Test("without certificates nothing runs out")
  func plain() {
    #expect(LinkTerm(validUntil: nil).verdict(wall: WallTime(milliseconds: .max)) == .keep)
  }
}
