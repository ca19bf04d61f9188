// Sees to it that everybody `up` starts has a valid certificate: kept when it serves, made when it does not.

import Foundation
import X509

enum Credentials {
  /// Returns what was made, in sentences.
  @discardableResult
  static func prepare(
    _ holders: [CertificateHolder], in directory: DataDirectory, trustDomain: String, now: Date = Date()
  ) throws(Refusal) -> [String] {
    // All that is there is read before anything is written: an unreadable file leaves everything as it was.
    var found: [(CertificateHolder, KeyPair?)] = []
    for holder in holders {
      found.append((holder, try KeyPair.read(directory.certificate(of: holder))))
    }
    let authority = try Authority.open(directory.authority, trustDomain: trustDomain, now: now)
    if found.allSatisfy({ $0.1 == nil }) {
      for holder in holders { try authority.issue(to: holder, trustDomain: trustDomain, now: now).write(directory.certificate(of: holder)) }
      return ["Made certificates of a development CA for \(holders.map(\.name).joined(separator: ", "))."]
    }
    var made: [String] = []
    for (holder, pair) in found {
      let decision = CertificateDecision.decide(
        pair.map { describe($0.certificate, under: authority) }, uri: holder.uri(in: trustDomain), now: now,
        renewWithin: CertificateLifetimes.renewWithin)
      guard case .make(let reason) = decision else { continue }
      try authority.issue(to: holder, trustDomain: trustDomain, now: now).write(directory.certificate(of: holder))
      made.append("Made a certificate for \(holder.name): \(reason.rawValue).")
    }
    return made
  }

  private static func describe(_ certificate: Certificate, under authority: Authority) -> CertificateDecision.Found {
    let names = (try? certificate.extensions.subjectAlternativeNames) ?? nil
    return CertificateDecision.Found(
      expires: certificate.notValidAfter,
      isFromOurAuthority: authority.signed(certificate),
      uris: names?.compactMap { if case .uniformResourceIdentifier(let uri) = $0 { uri } else { nil } } ?? [])
  }
}
