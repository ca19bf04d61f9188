// What a caller gets.

/// The end of a call or a question: a status, and the bytes that go with it.
public struct Reply: Sendable {
  public let status: ReplyStatus
  /// In milliseconds; 0 when nobody said. Stands beside the bytes so that no status has a payload of two parts.
  public let retryAfterMilliseconds: UInt32
  public let bytes: [UInt8]

  @inlinable
  public init(status: ReplyStatus, bytes: [UInt8] = [], retryAfterMilliseconds: UInt32 = 0) {
    self.status = status
    self.bytes = bytes
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }

  init(_ status: ReplyStatus, _ text: String, retryAfterMilliseconds: UInt32 = 0) {
    self.init(status: status, bytes: Array(text.utf8), retryAfterMilliseconds: retryAfterMilliseconds)
  }

  /// For statuses whose payload is text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// How long to wait before the same call may do better; `nil` when the other side did not say.
  public var retryAfter: Duration? { retryAfterMilliseconds == 0 ? nil : .milliseconds(Int(retryAfterMilliseconds)) }
}
