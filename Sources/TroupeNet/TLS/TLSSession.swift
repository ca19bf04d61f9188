// One connection's TLS, between a buffer of what arrived and a sink for what must leave; knows nothing of sockets. OpenSSL
// reads from and writes to it through a BIO of ours, so ciphertext is copied once each way and never kept here.
import COpenSSL

/// TLS over bytes: `begin`/`handshake` until `.done`, then `decrypt` and `encrypt`. Lives on one loop.
final class TLSSession {
  enum Progress {
    case wantsInput
    case done
    case failed(CloseReason)
  }

  enum Decrypted {
    /// So many bytes were written to the buffer; there may be more.
    case bytes(Int)
    case wantsInput
    /// The peer said farewell.
    case end
    case failed(CloseReason)
  }

  let context: TLSContext
  let expected: PeerIdentity?
  var peer: PeerIdentity?
  var refusal: TLSVerification.Refusal?

  /// Ciphertext that has arrived and was not yet read by OpenSSL; borrowed from the loop for one callback.
  private var input = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Where ciphertext goes; set for the connection's life.
  private unowned(unsafe) let sink: WireBuffer
  private let ssl: OpaquePointer
  private var hasReceived = false

  /// The largest piece of a record: what one `SSL_write` turns into one record.
  static let recordSize = 16 << 10

  init(_ context: TLSContext, isServer: Bool, expecting expected: PeerIdentity?, sink: WireBuffer) {
    self.context = context
    self.expected = expected
    self.sink = sink
    guard let made = SSL_new(context.context.pointer), let bio = BIO_new(TLSPipe.method) else {
      fatalError("OpenSSL has no memory for a connection")
    }
    ssl = made
    let me = Unmanaged.passUnretained(self).toOpaque()
    BIO_set_data(bio, me)
    SSL_set_ex_data(ssl, 0, me)
    SSL_set_bio(ssl, bio, bio)  // the session owns the BIO from here on
    if isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
  }

  deinit { SSL_free(ssl) }

  static func of(_ ssl: OpaquePointer) -> TLSSession? {
    SSL_get_ex_data(ssl, 0).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Lends ciphertext for the calls in `body`; OpenSSL has copied what it needs when `body` returns with `.wantsInput`.
  func withInput(_ bytes: UnsafeRawBufferPointer, _ body: () -> Void) {
    input = bytes
    body()
    input = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  func handshake() -> Progress {
    let result = SSL_do_handshake(ssl)
    if result == 1 { return .done }
    if SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ { return .wantsInput }
    return .failed(handshakeFailure())
  }

  @inline(__always)
  func decrypt(into buffer: UnsafeMutableRawBufferPointer) -> Decrypted {
    var count = 0
    let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
    if result == 1 {
      hasReceived = true
      return .bytes(count)
    }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .wantsInput
    case SSL_ERROR_ZERO_RETURN: return .end
    default:
      let why = OpenSSLError.takeFirst()
      // In TLS 1.3 a client learns only now that the server refused its certificate.
      return .failed(hasReceived ? .security(why) : .handshake(why))
    }
  }

  /// Encrypts at most `recordSize` bytes into the sink; `nil` when it succeeded.
  @inline(__always)
  func encrypt(_ bytes: UnsafeRawBufferPointer) -> CloseReason? {
    var count = 0
    if SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count) == 1 { return nil }
    return .security(OpenSSLError.takeFirst())
  }

  /// Puts the farewell into the sink, best effort.
  func sayFarewell() {
    if SSL_shutdown(ssl) < 0 { ERR_clear_error() }
  }

  func expects(_ identity: PeerIdentity) -> Result<PeerIdentity, TLSVerification.Refusal> {
    guard let expected, expected != identity else { return .success(identity) }
    return .failure(.init("it names \(identity), but \(expected) was expected"))
  }

  /// When the first of the two certificates runs out; `nil` until both are known.
  var validUntil: WallTime? {
    guard let peer = SSL_get0_peer_certificate(ssl), let own = SSL_get_certificate(ssl), let theirs = Certificate.end(of: peer),
      let ours = Certificate.end(of: own)
    else { return nil }
    return min(theirs, ours)
  }

  /// The entry that the peer falls under by the deny-list that is in force now.
  var denial: DenyList.Entry? {
    let list = context.denyList
    if list.isEmpty { return nil }
    if let peer, list.entries.contains(.identity(peer)) { return .identity(peer) }
    guard list.namesCertificates, let chain = SSL_get0_verified_chain(ssl) else { return nil }
    for at in 0..<troupe_chain_count(chain) {
      if let certificate = troupe_chain_at(chain, at), let entry = Certificate.denial(of: certificate, by: list) { return entry }
    }
    return nil
  }

  private func handshakeFailure() -> CloseReason {
    let why = OpenSSLError.takeFirst()
    if let refusal { return refusal.reason }
    let verified = SSL_get_verify_result(ssl)
    if verified != Int(X509_V_OK), let sentence = X509_verify_cert_error_string(verified) {
      return .handshake("the peer's certificate was refused: \(String(cString: sentence))")
    }
    return .handshake(why)
  }

  // MARK: what the BIO calls

  fileprivate func read(into buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    let taken = min(count, input.count)
    guard taken > 0, let start = input.baseAddress else { return 0 }
    buffer.copyMemory(from: start, byteCount: taken)
    input = UnsafeRawBufferPointer(rebasing: input[taken...])
    return taken
  }

  fileprivate func write(_ bytes: UnsafeRawPointer, _ count: Int) {
    sink.append(UnsafeRawBufferPointer(start: bytes, count: count))
  }
}

/// The BIO between OpenSSL and a session: reads its input, writes to its sink, never blocks and never refuses a write.
private enum TLSPipe {
  nonisolated(unsafe) static let method: OpaquePointer = {
    // Immutable once made, and OpenSSL only reads it.
    guard let made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "troupe") else {
      fatalError("OpenSSL has no memory for a BIO method")
    }
    BIO_meth_set_create(made) { bio in
      BIO_set_init(bio, 1)
      return 1
    }
    BIO_meth_set_read(made) { bio, buffer, count in
      troupe_bio_clear_retry(bio)
      guard let buffer, let session = session(of: bio) else { return -1 }
      let taken = session.read(into: buffer, Int(count))
      if taken > 0 { return Int32(taken) }
      troupe_bio_retry_read(bio)
      return -1
    }
    BIO_meth_set_write(made) { bio, bytes, count in
      guard let bytes, let session = session(of: bio) else { return -1 }
      session.write(bytes, Int(count))
      return count
    }
    BIO_meth_set_ctrl(made) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return made
  }()

  @inline(__always)
  private static func session(of bio: OpaquePointer?) -> TLSSession? {
    BIO_get_data(bio).map { Unmanaged<TLSSession>.fromOpaque($0).takeUnretainedValue() }
  }
}
