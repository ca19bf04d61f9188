// Which certificates are kept, renewed or refused.

import Foundation
import Testing

@testable import ShopstreamCommand

struct CertificateDecisionTests {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)
  let uri = "spiffe://shopstream/node/node-1"

  func decide(expiresIn seconds: TimeInterval, ours: Bool = true, uris: [String]) -> CertificateDecision {
    .decide(
      .init(expires: Self.now.addingTimeInterval(seconds), isFromOurAuthority: ours, uris: uris), uri: uri, now: Self.now, renewWithin: 100)
  }

  @Test func `a good one is kept until it is near its expiry`() {
    #expect(decide(expiresIn: 101, uris: [uri]) == .keep)
    #expect(decide(expiresIn: 100, uris: [uri]) == .make(because: .nearExpiry))
    #expect(decide(expiresIn: -5, uris: [uri]) == .make(because: .nearExpiry))
  }

  @Test func `one of another authority or name is replaced`() {
    #expect(decide(expiresIn: 1_000, ours: false, uris: [uri]) == .make(because: .otherAuthority))
    #expect(decide(expiresIn: 1_000, uris: ["spiffe://shopstream/node/node-2"]) == .make(because: .otherName))
    #expect(decide(expiresIn: 1_000, uris: [uri, uri]) == .make(because: .otherName), "exactly one name, once")
    #expect(decide(expiresIn: 1_000, uris: []) == .make(because: .otherName))
  }

  @Test func `where there is none one is made`() {
    #expect(CertificateDecision.decide(nil, uri: uri, now: Self.now, renewWithin: 100) == .make(because: .missing))
  }
}
