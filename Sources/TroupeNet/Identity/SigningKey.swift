// The private half of an Ed25519 key pair (RFC 8032). Whoever has it speaks in everybody's name, so gateways alone do.
import COpenSSL

/// A private key that signs. Free to share between threads; its bytes leave it as PEM only.
public final class SigningKey: Sendable {
  private nonisolated(unsafe) let key: OpaquePointer
  public let publicKey: VerifyingKey

  /// Takes over `key`, which must be one of Ed25519.
  private init(owning key: OpaquePointer) {
    EVP_PKEY_up_ref(key)
    self.key = key
    publicKey = VerifyingKey(owning: key)
  }

  deinit { EVP_PKEY_free(key) }

  /// A new pair, from the system's randomness.
  public static func generate() -> SigningKey {
    OpenSSLProcess.begun
    guard let context = EVP_PKEY_CTX_new_from_name(nil, "ED25519", nil) else { fatalError("OpenSSL has no Ed25519") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_generate(context, &key) == 1, let key else {
      fatalError("OpenSSL makes no Ed25519 key: \(OpenSSLError.takeFirst())")
    }
    return SigningKey(owning: key)
  }

  /// The pair of a seed of 32 bytes, for vectors and tests: whoever knows the seed has the key.
  public convenience init?(seed: [UInt8]) {
    OpenSSLProcess.begun
    guard seed.count == VerifyingKey.size, let key = troupe_ed25519_private(seed) else {
      ERR_clear_error()
      return nil
    }
    self.init(owning: key)
  }

  /// Reads a PEM file with one private key.
  public convenience init(file path: String) throws(NetError) {
    var bytes: [UInt8]
    do throws(SmallFile.Unreadable) { bytes = try SmallFile.read(path) } catch { throw .identityKey(path, error.sentence) }
    // The key's text does not stay in memory that is used again.
    defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
    switch PEM.key(in: bytes) {
    case .failure(let why): throw .identityKey(path, why.sentence)
    case .success(let key):
      guard troupe_is_ed25519(key) == 1 else {
        EVP_PKEY_free(key)
        throw .identityKey(path, "it is no Ed25519 key: make one with 'openssl genpkey -algorithm ed25519'")
      }
      self.init(owning: key)
    }
  }

  /// The signature of `message`, 64 bytes; the same for the same message.
  public func sign(_ message: RawSpan) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: VerifyingKey.signatureSize)
    var count = signature.count
    guard let context = EVP_MD_CTX_new() else { fatalError("OpenSSL has no memory for a signature") }
    defer { EVP_MD_CTX_free(context) }
    let isSigned = message.withUnsafeBytes { message in
      let message = message.assumingMemoryBound(to: UInt8.self)
      return EVP_DigestSignInit(context, nil, nil, nil, key) == 1
        && EVP_DigestSign(context, &signature, &count, message.baseAddress, message.count) == 1
    }
    precondition(isSigned && count == signature.count, "OpenSSL does not sign: \(OpenSSLError.takeFirst())")
    return signature
  }

  /// `BEGIN PRIVATE KEY`, without a password.
  public var pem: String { PEM.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) } }
}
