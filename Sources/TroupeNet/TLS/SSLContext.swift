// OpenSSL's context with our settings: TLS 1.3 alone, certificates on both sides, no resumption and no early data.
import COpenSSL

/// Owns one SSL_CTX. OpenSSL counts its users itself, so connections may outlive it.
final class SSLContext: @unchecked Sendable {
  // Sound because once it is handed out the context is only read: SSL_new locks inside.
  let pointer: OpaquePointer

  init(logsKeys: Bool) {
    OpenSSLProcess.begun
    guard let made = SSL_CTX_new(TLS_method()) else { fatalError("OpenSSL has no memory for a context") }
    pointer = made
    _ = troupe_ctx_min_tls13(made)
    _ = troupe_ctx_max_tls13(made)
    precondition(
      SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1,
      "OpenSSL knows the cipher suites of TLS 1.3")
    _ = troupe_ctx_set_mode(made, Int(SSL_MODE_RELEASE_BUFFERS))  // an idle connection costs 34 KiB less
    // Left to itself OpenSSL sends the root behind our certificate. The peer has it, or does not believe it; and it keeps what we send.
    _ = troupe_ctx_set_mode(made, Int(SSL_MODE_NO_AUTO_CHAIN))
    _ = troupe_ctx_cache_off(made)
    SSL_CTX_set_num_tickets(made, 0)
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, TLSVerification.callback)
    if logsKeys {
      SSL_CTX_set_keylog_callback(made) { ssl, line in
        guard let ssl, let line else { return }
        TLSSession.of(ssl)?.context.keyLog?.write(line)
      }
    }
  }

  deinit { SSL_CTX_free(pointer) }

  /// The first is ours, the others stand between it and a root.
  func use(_ chain: Certificates) -> Bool {
    SSL_CTX_use_certificate(pointer, chain.all[0]) == 1 && chain.all.dropFirst().allSatisfy { troupe_ctx_add_chain(pointer, $0) == 1 }
  }

  enum KeyUse {
    case used
    case doesNotFit
    case unreadable(String)
  }

  func use(key bytes: [UInt8]) -> KeyUse {
    switch PEM.key(in: bytes) {
    case .failure(let why): return .unreadable(why.sentence)
    case .success(let key):
      defer { EVP_PKEY_free(key) }
      let fits = SSL_CTX_use_PrivateKey(pointer, key) == 1 && SSL_CTX_check_private_key(pointer) == 1
      ERR_clear_error()
      return fits ? .used : .doesNotFit
    }
  }

  func trust(_ roots: Certificates) -> Bool {
    let store = SSL_CTX_get_cert_store(pointer)
    return roots.all.allSatisfy { X509_STORE_add_cert(store, $0) == 1 }
  }

  /// Whether the roots of this context would believe `chain`.
  func vouches(for chain: Certificates) -> Bool {
    guard let check = X509_STORE_CTX_new(), let between = OPENSSL_sk_new_null() else { fatalError("OpenSSL has no memory for a check") }
    defer {
      X509_STORE_CTX_free(check)
      OPENSSL_sk_free(between)
      ERR_clear_error()
    }
    for certificate in chain.all.dropFirst() { OPENSSL_sk_push(between, UnsafeRawPointer(certificate)) }
    guard X509_STORE_CTX_init(check, SSL_CTX_get_cert_store(pointer), chain.all[0], between) == 1 else { return false }
    return X509_verify_cert(check) == 1
  }
}
