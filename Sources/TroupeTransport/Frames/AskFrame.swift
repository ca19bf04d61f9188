// ASK: a question about the cluster rather than a call to an entity. Offsets count from the type byte.
import TroupeWire

/// What a question is about. Transport does not look inside; the runtime gives the numbers their meaning.
public struct AskTopic: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
}

enum AskFrame {
  static let payload = 6

  static func begin(_ topic: AskTopic, request: UInt32, to writer: inout Writer) -> Int {
    let start = writer.beginFrame(.ask)
    writer.fixed32(request)
    writer.byte(topic.rawValue)
    return start
  }

  static func head(in frame: RawSpan) throws(FrameError) -> (request: UInt32, topic: AskTopic) {
    var reader = FrameReader(frame, type: .ask)
    return (try reader.fixed32(), AskTopic(rawValue: try reader.byte()))
  }
}
