// The small frames that keep a link: PING, PONG, EPOCH, STAMP, GOAWAY, GOODBYE.
import TroupeWire

enum ControlFrames {
  /// A longer reason is cut: it is for a log line.
  static let reasonLimit = 512

  static func writePing(_ number: UInt64, to writer: inout Writer) { writeNumber(.ping, number, to: &writer) }
  static func writePong(_ number: UInt64, to writer: inout Writer) { writeNumber(.pong, number, to: &writer) }
  static func writeEpoch(_ epoch: UInt64, to writer: inout Writer) { writeNumber(.epoch, epoch, to: &writer) }

  static func writeStamp(_ sent: UInt64, to writer: inout Writer) { writeNumber(.stamp, sent, to: &writer) }

  /// Says anew when a STAMP left, in output that begins with one.
  static func patchStamp(_ sent: UInt64, in writer: inout Writer) {
    writer.patchFixed32(at: 5, with: UInt32(truncatingIfNeeded: sent))
    writer.patchFixed32(at: 9, with: UInt32(truncatingIfNeeded: sent >> 32))
  }

  static func writeGoodbye(_ goodbye: Goodbye, to writer: inout Writer) {
    let start = writer.beginFrame(.goodbye)
    writer.byte(goodbye.code.rawValue)
    writer.append(String(decoding: goodbye.text.utf8.prefix(reasonLimit), as: UTF8.self).utf8Span.span.bytes)
    writer.endFrame(start)
  }

  static func writeGoAway(to writer: inout Writer) { writer.endFrame(writer.beginFrame(.goAway)) }

  /// What a PING, a PONG, an EPOCH or a STAMP carries.
  static func number(in frame: RawSpan, _ type: FrameType) throws(FrameError) -> UInt64 {
    var reader = FrameReader(frame, type: type)
    return try reader.fixed64()
  }

  static func goodbye(in frame: RawSpan) throws(FrameError) -> Goodbye {
    var reader = FrameReader(frame, type: .goodbye)
    let code = Goodbye.Code(rawValue: try reader.byte()) ?? .other
    return Goodbye(code: code, text: String(reader.restAsText().prefix(reasonLimit)))
  }

  private static func writeNumber(_ type: FrameType, _ number: UInt64, to writer: inout Writer) {
    let start = writer.beginFrame(type)
    writer.fixed64(number)
    writer.endFrame(start)
  }
}

/// Why a side ends a link: the last frame that it sends.
struct Goodbye: Hashable, Sendable {
  /// Stable; a code that a reader does not know reads as `other`.
  enum Code: UInt8, Sendable, CaseIterable {
    case other = 0
    /// In peace: the process stops, or does not need the link any more.
    case leaving = 1
    /// No version of the protocol that both speak.
    case version = 2
    case wrongCluster = 3
    /// Certificate and HELLO disagree, or somebody else was expected here.
    case wrongIdentity = 4
    case protocolViolation = 5
    case timeout = 6
    /// The peer does not read what it is sent, or too many links are open.
    case overloaded = 7
  }

  let code: Code
  let text: String
}
