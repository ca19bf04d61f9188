// Public keys out of PEM text, and keys into it.
import COpenSSL

extension PEM {
  /// At least one key, all of Ed25519. A text that breaks off in the middle is refused as a whole.
  static func publicKeys(in bytes: [UInt8], _ path: String) throws(NetError) -> [VerifyingKey] {
    let (keys, failure) = withBIO(bytes) { bio in
      var keys: [VerifyingKey] = []
      while let block = nextBlock(of: bio) {
        guard block.name == "PUBLIC KEY", let key = publicKey(block.bytes) else {
          return (keys, "what stands in it as number \(keys.count + 1) is no public key of Ed25519" as String?)
        }
        keys.append(key)
      }
      let isEnd = !keys.isEmpty && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
      let why = OpenSSLError.takeFirst()
      return (keys, isEnd ? nil : why)
    }
    if let failure { throw .identityKeys(path, failure) }
    guard keys.count <= IdentityKeys.limit else { throw .identityKeys(path, "it holds more than \(IdentityKeys.limit) keys") }
    return keys
  }

  /// The text between the next BEGIN and its END; nil at the end, and where there is none that is whole.
  private static func nextBlock(of bio: OpaquePointer) -> (name: String, bytes: [UInt8])? {
    var (name, header): (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?)
    var data: UnsafeMutablePointer<UInt8>?
    var count = 0
    guard PEM_read_bio(bio, &name, &header, &data, &count) == 1, let name else { return nil }
    defer {
      troupe_free(name)
      troupe_free(header)
      troupe_free(data)
    }
    return (String(cString: name), Array(UnsafeBufferPointer(start: data, count: count)))
  }

  private static func publicKey(_ bytes: [UInt8]) -> VerifyingKey? {
    let key = bytes.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      return d2i_PUBKEY(nil, &next, bytes.count)
    }
    guard let key else {
      ERR_clear_error()
      return nil
    }
    guard troupe_is_ed25519(key) == 1 else {
      EVP_PKEY_free(key)
      return nil
    }
    return VerifyingKey(owning: key)
  }

  /// What `write` writes.
  static func text(_ write: (OpaquePointer) -> Int32) -> String {
    OpenSSLProcess.begun
    guard let bio = BIO_new(BIO_s_mem()) else { fatalError("OpenSSL has no memory for a BIO") }
    defer { BIO_free(bio) }
    precondition(write(bio) == 1, "OpenSSL does not write a key: \(OpenSSLError.takeFirst())")
    var data: UnsafeMutablePointer<CChar>?
    let count = troupe_bio_data(bio, &data)
    return String(decoding: UnsafeRawBufferPointer(start: data, count: Int(count)), as: UTF8.self)
  }
}
