// Certificates out of PEM text. A text that breaks off in the middle is refused as a whole: somebody is still writing it.
import COpenSSL

/// Certificates that are freed with it.
final class Certificates {
  let all: [OpaquePointer]

  init(_ all: [OpaquePointer]) { self.all = all }

  deinit { for certificate in all { X509_free(certificate) } }
}

enum PEM {
  /// At least one certificate; `error` names the file.
  static func certificates(in bytes: [UInt8], _ error: (String) -> NetError) throws(NetError) -> Certificates {
    let (found, failure) = withBIO(bytes) { bio in
      var found: [OpaquePointer] = []
      while let certificate = PEM_read_bio_X509(bio, nil, noPassword, nil) { found.append(certificate) }
      let code = ERR_peek_last_error()
      // After the last certificate there is no further beginning; that is how the end looks.
      let isEnd = !found.isEmpty && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
      let why = OpenSSLError.takeFirst()
      return (Certificates(found), isEnd ? nil : why)
    }
    if let failure { throw error(failure) }
    return found
  }

  /// A private key to be freed by the caller, or OpenSSL's word on why there is none.
  static func key(in bytes: [UInt8]) -> Result<OpaquePointer, SmallFile.Unreadable> {
    withBIO(bytes) { bio in
      if let key = PEM_read_bio_PrivateKey(bio, nil, noPassword, nil) { return .success(key) }
      return .failure(SmallFile.Unreadable(sentence: OpenSSLError.takeFirst()))
    }
  }

  static func withBIO<T>(_ bytes: [UInt8], _ body: (OpaquePointer) -> T) -> T {
    OpenSSLProcess.begun
    return bytes.withUnsafeBytes { raw in
      guard let bio = BIO_new_mem_buf(raw.baseAddress, Int32(raw.count)) else { fatalError("OpenSSL has no memory for a BIO") }
      defer { BIO_free(bio) }
      return body(bio)
    }
  }
}

/// Nobody is asked for a password at a terminal.
func noPassword(_: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?) -> Int32 { 0 }
