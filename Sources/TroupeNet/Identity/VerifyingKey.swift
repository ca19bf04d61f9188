// The public half of an Ed25519 key pair (RFC 8032): whoever has it can check signatures and make none.
import COpenSSL

/// Names a public key: the first eight bytes of the SHA-256 of its 32 bytes.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
  public let value: UInt64

  /// - Parameter value: the eight bytes, the first of them the highest.
  public init(_ value: UInt64) { self.value = value }

  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A public key that checks signatures. Free to share between threads.
public final class VerifyingKey: Sendable {
  static let size = 32
  public static let signatureSize = 64

  private nonisolated(unsafe) let key: OpaquePointer
  public let id: KeyID
  /// The key as RFC 8032 writes it, 32 bytes.
  public let bytes: [UInt8]

  /// Takes over `key`, which must be one of Ed25519.
  init(owning key: OpaquePointer) {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    var count = bytes.count
    precondition(EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 && count == Self.size, "an Ed25519 key without its bytes")
    self.key = key
    self.bytes = bytes
    id = Self.id(of: bytes)
  }

  deinit { EVP_PKEY_free(key) }

  /// Nil for what is no public key.
  public convenience init?(bytes: [UInt8]) {
    OpenSSLProcess.begun
    guard bytes.count == Self.size, let key = troupe_ed25519_public(bytes) else {
      ERR_clear_error()
      return nil
    }
    self.init(owning: key)
  }

  /// Whether the holder of the private half has signed exactly `message`. Takes about sixty microseconds.
  public func verifies(_ signature: RawSpan, of message: RawSpan) -> Bool {
    guard signature.byteCount == Self.signatureSize, let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
    return signature.withUnsafeBytes { signature in
      message.withUnsafeBytes { message in
        let signature = signature.assumingMemoryBound(to: UInt8.self)
        let message = message.assumingMemoryBound(to: UInt8.self)
        return EVP_DigestVerify(context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
      }
    }
  }

  /// `BEGIN PUBLIC KEY`, as `openssl pkey -pubout` writes it.
  public var pem: String { PEM.text { PEM_write_bio_PUBKEY($0, key) } }

  private static func id(of bytes: [UInt8]) -> KeyID {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    precondition(EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha256(), nil) == 1, "OpenSSL has no SHA-256")
    return KeyID(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}

extension VerifyingKey: Hashable {
  public static func == (left: VerifyingKey, right: VerifyingKey) -> Bool { left.bytes == right.bytes }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
