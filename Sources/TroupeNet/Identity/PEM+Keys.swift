// Public keys out of PEM text, and keys into it.
import COpenSSL

extension PEM {
  /// At least one key, all of Ed25519. A text that breaks off in the middle is refused as a whole.
  static func publicKeys(in bytes: [UInt8], _ path: String) throws(NetError) -> [VerifyingKey] {
    let (keys, failure) = withBIO(bytes) { bio in
      var keys: [VerifyingKey] = []
      while let key = PEM_read_bio_PUBKEY(bio, nil, noPassword, nil) {
        guard troupe_is_ed25519(key) == 1 else {
          EVP_PKEY_free(key)
          return (keys, "key \(keys.count + 1) in it is not one of Ed25519" as String?)
        }
        keys.append(VerifyingKey(owning: key))
      }
      let isEnd = !keys.isEmpty && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
      let why = OpenSSLError.takeFirst()
      return (keys, isEnd ? nil : why)
    }
    if let failure { throw .identityKeys(path, failure) }
    guard keys.count <= IdentityKeys.limit else { throw .identityKeys(path, "it holds more than \(IdentityKeys.limit) keys") }
    return keys
  }

  /// What `write` writes.
  static func text(_ write: (OpaquePointer) -> Int32) -> String {
    guard let bio = BIO_new(BIO_s_mem()) else { fatalError("OpenSSL has no memory for a BIO") }
    defer { BIO_free(bio) }
    precondition(write(bio) == 1, "OpenSSL does not write a key: \(OpenSSLError.takeFirst())")
    var data: UnsafeMutablePointer<CChar>?
    let count = troupe_bio_data(bio, &data)
    return String(decoding: UnsafeRawBufferPointer(start: data, count: Int(count)), as: UTF8.self)
  }
}
