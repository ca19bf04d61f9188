// A process's own certificate, loaded from the data directory for the runtime.

import Troupe

extension TLSContext {
  static func load(_ holder: CertificateHolder, from directory: DataDirectory, trustDomain: String) throws(Refusal) -> TLSContext {
    let files = directory.certificate(of: holder)
    return try load(certificate: files.certificate, key: files.key, roots: directory.authority.certificate, trustDomain: trustDomain)
  }

  static func load(certificate: String, key: String, roots: String, trustDomain: String) throws(Refusal) -> TLSContext {
    try load(TLSFiles(certificate: certificate, key: key, roots: roots), trustDomain: trustDomain)
  }

  static func load(_ files: TLSFiles, trustDomain: String) throws(Refusal) -> TLSContext {
    do {
      return try TLSContext(files, trustDomain: trustDomain)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }
}

extension String {
  /// With a capital at its beginning and a full stop at its end.
  var sentence: String {
    guard let first else { return self }
    let text = first.uppercased() + dropFirst()
    return text.hasSuffix(".") ? text : text + "."
  }
}
