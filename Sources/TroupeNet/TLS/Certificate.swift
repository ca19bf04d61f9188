// What is read off a certificate beside its name. Pointers are OpenSSL's and borrowed for the call.
import COpenSSL
import Glibc

enum Certificate {
  /// SHA-256 over the whole certificate, 64 digits in lower case.
  static func fingerprint(of certificate: OpaquePointer) -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    precondition(X509_digest(certificate, EVP_sha256(), &digest, &count) == 1, "OpenSSL cannot make a SHA-256")
    return digest[..<Int(count)].map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// As `DenyList.Entry.serial` has them; `nil` when OpenSSL cannot say.
  static func serialAndIssuer(of certificate: OpaquePointer) -> DenyList.Entry? {
    guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nil) else { return nil }
    defer { BN_free(number) }
    guard let digits = BN_bn2hex(number) else { return nil }
    defer { troupe_free(digits) }
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    defer { BIO_free(bio) }
    guard troupe_print_name(bio, X509_get_issuer_name(certificate)) >= 0 else { return nil }
    var name = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(bio)))
    let count = BIO_read(bio, &name, Int32(name.count))
    return .serial(
      DenyList.normal(serial: String(cString: digits)), issuer: String(decoding: name.prefix(Int(max(0, count))), as: UTF8.self))
  }

  /// The moment after which it is not valid any more.
  static func end(of certificate: OpaquePointer) -> WallTime? {
    var parts = tm()
    guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1 else { return nil }
    return WallTime(milliseconds: Int64(timegm(&parts)) * 1_000)
  }

  /// The entry of `list` that this certificate falls under, its name not looked at.
  static func denial(of certificate: OpaquePointer, by list: DenyList) -> DenyList.Entry? {
    guard list.namesCertificates else { return nil }
    let print = DenyList.Entry.fingerprint(fingerprint(of: certificate))
    if list.entries.contains(print) { return print }
    guard let serial = serialAndIssuer(of: certificate), list.entries.contains(serial) else { return nil }
    return serial
  }
}

extension WallTime {
  /// A date for a log line: `2027-01-31 12:00:00 UTC`.
  var text: String {
    var seconds = time_t(milliseconds / 1_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S UTC", &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
