// Whether a certificate names somebody who may talk to us. OpenSSL has checked signatures and dates before; this looks at the
// leaf: no CA, exactly one URI, SPIFFE, our trust domain, the peer that was expected, and at the whole chain: not denied. A refusal
// becomes a TLS alert.
import COpenSSL

enum TLSVerification {
  /// Why a certificate was refused.
  struct Refusal: Error {
    let sentence: String
    var isDenied = false

    init(_ sentence: String) { self.sentence = sentence }

    init(_ entry: DenyList.Entry) {
      sentence = "the deny-list has \(entry)"
      isDenied = true
    }

    var reason: CloseReason {
      isDenied ? .denied(sentence) : .refusedIdentity("the peer's certificate was refused: \(sentence)")
    }
  }

  /// The identity in `certificate`, which must be a leaf of `trustDomain`.
  static func identity(of certificate: OpaquePointer, trustDomain: String) -> Result<PeerIdentity, Refusal> {
    if X509_check_ca(certificate) != 0 || signsForOthers(certificate) {
      return .failure(Refusal("it is a CA's certificate, not a leaf"))
    }
    let uris = uris(in: certificate)
    guard uris.count == 1 else {
      return .failure(Refusal("it names \(uris.count) URIs where exactly one is allowed"))
    }
    guard let identity = PeerIdentity(uris[0]) else {
      return .failure(Refusal("its URI is not of the form spiffe://<trust domain>/<role>/<name>"))
    }
    guard identity.trustDomain == trustDomain else {
      return .failure(Refusal("its trust domain is \(identity.trustDomain), not \(trustDomain)"))
    }
    return .success(identity)
  }

  /// Called by OpenSSL for each certificate of a chain, the leaf last, during the handshake.
  static let callback: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isValid, store in
    guard isValid == 1, let store else { return isValid }
    guard let certificate = X509_STORE_CTX_get_current_cert(store),
      let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
      let session = TLSSession.of(OpaquePointer(ssl))
    else { return 0 }
    let list = session.context.denyList
    if let entry = Certificate.denial(of: certificate, by: list) { return refuse(Refusal(entry), session, store) }
    guard X509_STORE_CTX_get_error_depth(store) == 0 else { return 1 }
    switch identity(of: certificate, trustDomain: session.context.trustDomain).flatMap(session.expects) {
    case .success(let identity):
      if list.entries.contains(.identity(identity)) { return refuse(Refusal(.identity(identity)), session, store) }
      session.peer = identity
      return 1
    case .failure(let refusal): return refuse(refusal, session, store)
    }
  }

  private static func refuse(_ refusal: Refusal, _ session: TLSSession, _ store: OpaquePointer) -> Int32 {
    session.refusal = refusal
    X509_STORE_CTX_set_error(store, refusal.isDenied ? X509_V_ERR_CERT_REVOKED : X509_V_ERR_APPLICATION_VERIFICATION)
    return 0
  }

  private static func signsForOthers(_ certificate: OpaquePointer) -> Bool {
    let usage = X509_get_key_usage(certificate)  // all bits set when the certificate does not say
    return usage != UInt32.max && usage & UInt32(KU_KEY_CERT_SIGN | KU_CRL_SIGN) != 0
  }

  private static func uris(in certificate: OpaquePointer) -> [String] {
    guard let found = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return [] }
    let names = OpaquePointer(found)
    defer { GENERAL_NAMES_free(names) }
    return (0..<troupe_general_names(names)).compactMap { at in
      guard let name = troupe_general_name(names, at), troupe_is_uri(name) != 0, let text = troupe_uri(name) else { return nil }
      let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(text), count: Int(ASN1_STRING_length(text)))
      return String(validating: bytes, as: UTF8.self) ?? ""
    }
  }
}
