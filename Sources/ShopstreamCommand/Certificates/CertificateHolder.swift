// Whom a certificate names: what kind of process it is, and which. The cluster reads both from the SPIFFE URI in it.

struct CertificateHolder: Hashable, Sendable {
  enum Role: String, Sendable {
    case node, gateway, `operator`
  }

  let role: Role
  let name: String

  /// The gateway that `up` starts.
  static let gateway = CertificateHolder(role: .gateway, name: "gateway")
  /// Whoever types `status`, `call`, `drain` or `log`.
  static let `operator` = CertificateHolder(role: .operator, name: "operator")

  static func node(_ id: String) -> CertificateHolder {
    CertificateHolder(role: .node, name: id)
  }

  func uri(in trustDomain: String) -> String {
    "spiffe://\(trustDomain)/\(role.rawValue)/\(name)"
  }
}

/// A certificate and its key on disk.
struct CertificateFiles: Hashable, Sendable {
  let folder: String
  var certificate: String { folder + "/certificate.pem" }
  var key: String { folder + "/key.pem" }
}
