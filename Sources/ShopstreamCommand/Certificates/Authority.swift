// The development CA: signs who may speak in this cluster. Its key lies beside the data, so it is for one developer's
// machine; a production cluster brings certificates of its own.

import Crypto
import Foundation
import X509

struct Authority {
  private let pair: KeyPair

  /// Reads the CA in `files`; makes one when there is none. An expired one is refused, since replacing it would lock out
  /// every certificate it signed.
  static func open(_ files: CertificateFiles, trustDomain: String, now: Date = Date()) throws(Refusal) -> Authority {
    if let pair = try KeyPair.read(files) {
      guard pair.certificate.notValidAfter > now else {
        throw Refusal("The development CA \(files.certificate) has expired: delete \(files.folder) to have a new one made.")
      }
      return Authority(pair: pair)
    }
    let authority = try make(trustDomain: trustDomain, now: now)
    try authority.pair.write(files)
    return authority
  }

  static func make(trustDomain: String, now: Date) throws(Refusal) -> Authority {
    let key = P256.Signing.PrivateKey()
    do {
      let name = try DistinguishedName { CommonName("\(trustDomain) development CA") }
      let certificate = try Certificate(
        version: .v3,
        serialNumber: Certificate.SerialNumber(),
        publicKey: Certificate.PublicKey(key.publicKey),
        notValidBefore: now.addingTimeInterval(-CertificateLifetimes.backdate),
        notValidAfter: now.addingTimeInterval(CertificateLifetimes.authority),
        issuer: name,
        subject: name,
        signatureAlgorithm: .ecdsaWithSHA256,
        extensions: Certificate.Extensions {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
          Critical(KeyUsage(keyCertSign: true, cRLSign: true))
          SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
        },
        issuerPrivateKey: Certificate.PrivateKey(key))
      return Authority(pair: KeyPair(certificate: certificate, key: key))
    } catch {
      throw Refusal("The development CA cannot be made (\(error)).")
    }
  }

  func signed(_ certificate: Certificate) -> Bool {
    pair.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
  }

  /// A leaf for one process: usable on both ends of a connection, with exactly one name.
  func issue(to holder: CertificateHolder, trustDomain: String, now: Date) throws(Refusal) -> KeyPair {
    let key = P256.Signing.PrivateKey()
    do {
      let certificate = try Certificate(
        version: .v3,
        serialNumber: Certificate.SerialNumber(),
        publicKey: Certificate.PublicKey(key.publicKey),
        notValidBefore: now.addingTimeInterval(-CertificateLifetimes.backdate),
        notValidAfter: min(now.addingTimeInterval(CertificateLifetimes.leaf), pair.certificate.notValidAfter),
        issuer: pair.certificate.subject,
        subject: DistinguishedName { CommonName(holder.name) },
        signatureAlgorithm: .ecdsaWithSHA256,
        extensions: Certificate.Extensions {
          Critical(BasicConstraints.notCertificateAuthority)
          Critical(KeyUsage(digitalSignature: true))
          try ExtendedKeyUsage([.serverAuth, .clientAuth])
          SubjectAlternativeNames([.uniformResourceIdentifier(holder.uri(in: trustDomain))])
          try AuthorityKeyIdentifier(keyIdentifier: pair.certificate.extensions.subjectKeyIdentifier?.keyIdentifier)
        },
        issuerPrivateKey: Certificate.PrivateKey(pair.key))
      return KeyPair(certificate: certificate, key: key)
    } catch {
      throw Refusal("The certificate of \(holder.name) cannot be made (\(error)).")
    }
  }
}
