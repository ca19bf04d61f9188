// Whether a certificate that lies there serves another while. Pure: what was found goes in, what to do comes out.

import Foundation

enum CertificateDecision: Hashable, Sendable {
  case keep
  case make(because: Reason)

  enum Reason: String, Sendable {
    case missing = "there was none"
    case nearExpiry = "it was near its expiry"
    case otherAuthority = "its authority was another"
    case otherName = "it named somebody else"
  }

  /// What a certificate says that matters here.
  struct Found: Hashable, Sendable {
    var expires: Date
    var isFromOurAuthority: Bool
    var uris: [String]
  }

  static func decide(_ found: Found?, uri: String, now: Date, renewWithin: TimeInterval) -> CertificateDecision {
    guard let found else { return .make(because: .missing) }
    guard found.isFromOurAuthority else { return .make(because: .otherAuthority) }
    guard found.uris == [uri] else { return .make(because: .otherName) }
    guard found.expires.timeIntervalSince(now) > renewWithin else { return .make(because: .nearExpiry) }
    return .keep
  }
}
