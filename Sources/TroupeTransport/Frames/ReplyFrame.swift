// REPLY and ANSWER: the same layout under two types. Offsets count from the type byte.
import TroupeWire

enum ReplyFrame {
  static let request = 1
  static let status = 5
  static let payload = 6
  /// Between status and text of `overloaded`.
  private static let retryAfterSize = 4

  @inline(__always)
  static func begin(_ type: FrameType, request: UInt32, status: ReplyStatus, to writer: inout Writer) -> Int {
    var fixed = InlineArray<10, UInt8>(repeating: 0)  // length field and fixed fields
    var span = fixed.mutableSpan
    var bytes = span.mutableBytes
    bytes.store(type.rawValue, at: 4)
    bytes.store(request, at: 4 + Self.request)
    bytes.store(status.rawValue, at: 4 + Self.status)
    let start = writer.count
    writer.append(fixed.span.bytes)
    return start
  }

  /// Checks all of it: once its caller is taken out, nothing may go wrong any more.
  @inline(__always)
  static func request(in frame: RawSpan, _ type: FrameType) throws(FrameError) -> UInt32 {
    guard frame.byteCount >= payload else { throw .truncated(type) }
    let status: UInt8 = frame.load(at: status)
    if status == ReplyStatus.overloaded.rawValue, frame.byteCount < payload + retryAfterSize { throw .truncated(type) }
    return frame.load(at: request)
  }

  /// Copies the payload out of a frame that `request(in:)` has checked: the one allocation of a call.
  @inline(__always)
  static func reply(in frame: RawSpan, _ type: FrameType) -> Reply {
    let status = ReplyStatus(received: frame.load(at: status))
    if status == .overloaded { return overloaded(in: frame, type) }
    let bytes = frame.extracting(payload..<frame.byteCount)
    return Reply(status: status, bytes: bytes.byteCount == 0 ? [] : bytes.withUnsafeBytes { [UInt8]($0) })
  }

  /// Between status and text: how long to wait.
  @inline(never)
  private static func overloaded(in frame: RawSpan, _ type: FrameType) -> Reply {
    let retryAfter: UInt32 = frame.load(at: payload)
    var reader = FrameReader(frame, type: type, from: payload + retryAfterSize)
    return Reply(.overloaded, reader.restAsText(), retryAfterMilliseconds: retryAfter)
  }
}
