// One end of TLS without a socket, fed as a connection feeds it.
import COpenSSL

@testable import TroupeNet

final class TLSEnd {
  let session: TLSSession
  private let wire = WireBuffer(capacity: 1 << 10)
  private(set) var isOpen = false
  private(set) var reason: CloseReason?
  /// What has been decrypted.
  private(set) var plain: [UInt8] = []
  private(set) var fault: String?
  private var fed = 0
  private static let codes: Set<String> = ["handshake", "security", "refused-identity", "end-of-file"]

  init(_ context: TLSContext, isServer: Bool, expecting: PeerIdentity?) {
    session = TLSSession(context, isServer: isServer, expecting: expecting, sink: wire)
  }

  /// What must leave, taken out.
  func takeOutput() -> [UInt8] {
    defer { wire.clear() }
    return [UInt8](wire.bytes)
  }

  /// Bytes have arrived; none at all begins the handshake.
  func arrive(_ bytes: [UInt8]) {
    guard reason == nil else { return }
    fed += bytes.count
    // Memory of exactly this size, so that the sanitizer sees a read one byte behind it.
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { exact.deallocate() }
    bytes.withUnsafeBytes { exact.copyMemory(from: $0) }
    session.withInput(UnsafeRawBufferPointer(exact)) {
      if !isOpen { shakeHands() }
      if isOpen { decryptAll() }
    }
    FuzzFeedback.note(reason, isOpen)
    if ERR_peek_error() != 0 {
      fault = fault ?? "an error is left in OpenSSL's queue"
      ERR_clear_error()
    }
    if let reason, !Self.codes.contains(reason.code) || reason.detail.isEmpty {
      fault = fault ?? "TLS ended with the unknown reason \(reason)"
    }
    if plain.count > fed { fault = fault ?? "\(fed) bytes were decrypted to \(plain.count)" }
  }

  private func shakeHands() {
    switch session.handshake() {
    case .wantsInput: break
    case .failed(let why): reason = why
    case .done:
      isOpen = true
      if session.peer == nil { fault = fault ?? "a handshake ended well without a certificate" }
      if let expected = session.expected, session.peer != expected { fault = fault ?? "a handshake ended well with somebody else" }
    }
  }

  private func decryptAll() {
    withUnsafeTemporaryAllocation(byteCount: TLSSession.recordSize, alignment: 16) { buffer in
      while reason == nil {
        switch session.decrypt(into: buffer) {
        case .bytes(let count): plain.append(contentsOf: buffer[..<count])
        case .wantsInput: return
        case .end: reason = .endOfFile
        case .failed(let why): reason = why
        }
      }
    }
  }

  func send(_ bytes: [UInt8]) {
    guard isOpen, reason == nil, !bytes.isEmpty else { return }
    if let why = bytes.withUnsafeBytes({ session.encrypt($0) }) { reason = why }
  }

  func leave() { if isOpen { session.sayFarewell() } }
}
