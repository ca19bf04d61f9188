// One set of certificate, key and roots, read from disk as one and checked against each other. Made whole or not at all.
import COpenSSL

/// What new connections use; immutable. A reload makes another one.
struct TLSCredentials: Sendable {
  let context: SSLContext
  let identity: PeerIdentity
  /// SHA-256 of our certificate.
  let fingerprint: String
  let validUntil: WallTime
  /// Whether our own roots vouch for our own certificate. Peers with other roots may; those with the same will not.
  let isVouchedFor: Bool
  /// Of the files as they were read.
  let states: [FileState?]

  /// How often files that change while they are read are read again before what was read is judged as it stands.
  private static let readings = 3

  static func states(of files: TLSFiles) -> [FileState?] {
    [files.certificate, files.key, files.roots].map { FileState(of: $0) }
  }

  static func load(_ files: TLSFiles, trustDomain: String) throws(NetError) -> TLSCredentials {
    var (states, contents) = (states(of: files), try Contents(files))
    for _ in 1..<readings {
      let now = Self.states(of: files)
      if now == states { break }
      (states, contents) = (now, try Contents(files))
    }
    defer { contents.forget() }
    let context = SSLContext(logsKeys: files.keyLog != nil)
    let chain = try PEM.certificates(in: contents.certificate) { .certificate(files.certificate, $0) }
    let roots = try PEM.certificates(in: contents.roots) { .roots(files.roots, $0) }
    let identity = try check(chain.all[0], files.certificate, trustDomain)
    guard context.use(chain) else { throw .certificate(files.certificate, OpenSSLError.takeFirst()) }
    switch context.use(key: contents.key) {
    case .used: break
    case .doesNotFit: throw .key(files.key, "it does not belong to \(files.certificate)")
    case .unreadable(let why): throw .key(files.key, why)
    }
    guard context.trust(roots) else { throw .roots(files.roots, OpenSSLError.takeFirst()) }
    return TLSCredentials(
      context: context, identity: identity, fingerprint: Certificate.fingerprint(of: chain.all[0]),
      validUntil: Certificate.end(of: chain.all[0]) ?? WallTime(milliseconds: .max), isVouchedFor: context.vouches(for: chain),
      states: states)
  }

  /// What our own peers would refuse is refused here.
  private static func check(_ own: OpaquePointer, _ path: String, _ trustDomain: String) throws(NetError) -> PeerIdentity {
    switch TLSVerification.identity(of: own, trustDomain: trustDomain) {
    case .failure(let why): throw .certificate(path, why.sentence)
    case .success(let identity):
      if X509_cmp_current_time(X509_get0_notAfter(own)) < 0 { throw .certificate(path, "it has expired") }
      if X509_cmp_current_time(X509_get0_notBefore(own)) > 0 { throw .certificate(path, "it is not valid yet") }
      return identity
    }
  }

  private struct Contents {
    let certificate: [UInt8]
    var key: [UInt8]
    let roots: [UInt8]

    init(_ files: TLSFiles) throws(NetError) {
      certificate = try Self.read(files.certificate) { .certificate($0, $1) }
      key = try Self.read(files.key) { .key($0, $1) }
      roots = try Self.read(files.roots) { .roots($0, $1) }
    }

    private static func read(_ path: String, _ name: (String, String) -> NetError) throws(NetError) -> [UInt8] {
      do throws(SmallFile.Unreadable) { return try SmallFile.read(path) } catch { throw name(path, error.sentence) }
    }

    /// The key's text does not stay in memory that is used again.
    mutating func forget() {
      key.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
  }
}
