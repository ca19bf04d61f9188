// What a process needs to prove who it is and to check others: certificate, key and roots, loaded from files.
// Connections take the newest set when they begin; `reload` swaps it and disturbs nobody.
import COpenSSL
import Synchronization

/// TLS 1.3 with certificates on both sides, for any number of loops.
///
/// Whoever connects, in either direction, must show a certificate that the roots vouch for, that is no CA and that names exactly
/// one SPIFFE URI, in our trust domain. There is no resumption and no early data, so every connection is checked in full.
public final class TLSContext: Sendable {
  public let trustDomain: String
  private let certificate: String
  private let key: String
  private let roots: String
  private let current: Mutex<Loaded>

  struct Loaded: Sendable {
    let context: SSLContext
    let identity: PeerIdentity
  }

  /// Loads PEM files: a certificate (with its chain, if any), its private key, and the roots that are trusted.
  ///
  /// Refuses, in one sentence, files that cannot be read or do not belong together and a certificate that our own peers would
  /// refuse: expired, a CA, or not named in `trustDomain`.
  public init(certificate: String, key: String, roots: String, trustDomain: String) throws(NetError) {
    self.certificate = certificate
    self.key = key
    self.roots = roots
    self.trustDomain = trustDomain
    current = Mutex(try Self.load(certificate: certificate, key: key, roots: roots, trustDomain: trustDomain))
  }

  /// Who we are, by our own certificate.
  public var identity: PeerIdentity { current.withLock { $0.identity } }

  /// Reads the files again. New connections use what they hold now; on an error everything stays as it was.
  public func reload() throws(NetError) {
    let loaded = try Self.load(certificate: certificate, key: key, roots: roots, trustDomain: trustDomain)
    current.withLock { $0 = loaded }
  }

  /// The set for a connection that begins now.
  var context: SSLContext { current.withLock { $0.context } }

  private static func load(
    certificate: String, key: String, roots: String, trustDomain: String
  ) throws(NetError) -> Loaded {
    let context = SSLContext()
    let pointer = context.pointer
    guard SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1, let own = SSL_CTX_get0_certificate(pointer) else {
      throw .certificate(certificate, OpenSSLError.takeFirst())
    }
    let identity: PeerIdentity
    switch TLSVerification.identity(of: own, trustDomain: trustDomain) {
    case .success(let found): identity = found
    case .failure(let why): throw .certificate(certificate, why.sentence)
    }
    if X509_cmp_current_time(X509_get0_notAfter(own)) < 0 { throw .certificate(certificate, "it has expired") }
    guard SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1 else { throw .key(key, OpenSSLError.takeFirst()) }
    guard SSL_CTX_check_private_key(pointer) == 1 else { throw .key(key, "it does not belong to \(certificate)") }
    guard SSL_CTX_load_verify_locations(pointer, roots, nil) == 1 else { throw .roots(roots, OpenSSLError.takeFirst()) }
    return Loaded(context: context, identity: identity)
  }
}

/// Owns one SSL_CTX with our settings. OpenSSL counts its users itself, so connections may outlive it.
final class SSLContext: @unchecked Sendable {
  // Sound because after `load` the context is only read: SSL_new locks inside.
  let pointer: OpaquePointer

  init() {
    guard let made = SSL_CTX_new(TLS_method()) else { fatalError("OpenSSL has no memory for a context") }
    pointer = made
    _ = troupe_ctx_min_tls13(made)
    _ = troupe_ctx_max_tls13(made)
    precondition(
      SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1,
      "OpenSSL knows the cipher suites of TLS 1.3")
    _ = troupe_ctx_set_mode(made, Int(SSL_MODE_RELEASE_BUFFERS))  // an idle connection costs 34 KiB less
    _ = troupe_ctx_cache_off(made)
    SSL_CTX_set_num_tickets(made, 0)
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, TLSVerification.callback)
  }

  deinit { SSL_CTX_free(pointer) }
}
