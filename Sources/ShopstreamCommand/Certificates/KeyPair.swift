// A certificate with its private key, and the way to and from disk. A file that is there but unreadable is never replaced:
// somebody may have put it there on purpose.

import Crypto
import Foundation
import X509

struct KeyPair {
  let certificate: Certificate
  let key: P256.Signing.PrivateKey

  /// Nil when neither file is there.
  static func read(_ files: CertificateFiles) throws(Refusal) -> KeyPair? {
    let manager = FileManager.default
    guard manager.fileExists(atPath: files.certificate) || manager.fileExists(atPath: files.key) else { return nil }
    let certificate: Certificate
    do {
      certificate = try Certificate(pemEncoded: String(contentsOfFile: files.certificate, encoding: .utf8))
    } catch {
      throw unreadable("certificate", files.certificate, in: files)
    }
    let key: P256.Signing.PrivateKey
    do {
      key = try P256.Signing.PrivateKey(pemRepresentation: String(contentsOfFile: files.key, encoding: .utf8))
    } catch {
      throw unreadable("key", files.key, in: files)
    }
    guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
      throw Refusal("The key \(files.key) does not belong to the certificate beside it: delete the folder to have both made anew.")
    }
    return KeyPair(certificate: certificate, key: key)
  }

  func write(_ files: CertificateFiles) throws(Refusal) {
    try PlainFile.makeFolder(files.folder)
    let text: String
    do {
      text = try certificate.serializeAsPEM().pemString
    } catch {
      throw Refusal("The certificate for \(files.folder) cannot be encoded (\(error)).")
    }
    try PlainFile.write(key.pemRepresentation + "\n", to: files.key, mode: PlainFile.privateMode)
    try PlainFile.write(text + "\n", to: files.certificate)
  }

  private static func unreadable(_ what: String, _ path: String, in files: CertificateFiles) -> Refusal {
    Refusal("The \(what) \(path) cannot be read: repair it, or delete the folder \(files.folder) to have a new one made.")
  }
}
