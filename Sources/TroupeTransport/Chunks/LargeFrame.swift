// A frame that is too large to travel whole, as it stands in memory on its way out.
import TroupeWire

/// Bytes from `start` on, with perhaps one byte array among them that was left where it is.
struct LargeFrame {
  var bytes: [UInt8]
  let start: Int
  private let apart: [UInt8]
  /// Where `apart` belongs, counted from `start`.
  private var position: Int

  /// - Parameter shift: by how much what stands before `large` has grown since it was written.
  init(_ bytes: [UInt8], from start: Int, leaving large: LargeBytes? = nil, shiftedBy shift: Int = 0) {
    self.bytes = bytes
    self.start = start
    position = (large.map { $0.position + shift } ?? bytes.count) - start
    apart = large?.take() ?? []
  }

  /// Changes what stands before the part that is apart: the bytes, and where the frame begins in them.
  mutating func rewriteHead(_ change: (inout [UInt8], Int) -> Void) {
    let before = bytes.count
    change(&bytes, start)
    position += bytes.count - before
  }

  var count: Int { bytes.count - start + apart.count }

  /// Appends `count` bytes of it, from `offset` on.
  func write(_ count: Int, from offset: Int, to writer: inout Writer) {
    let (end, behind) = (offset + count, position + apart.count)
    Self.copy(bytes, from: offset + start, to: min(end, position) + start, &writer)
    Self.copy(apart, from: max(offset, position) - position, to: min(end, behind) - position, &writer)
    Self.copy(bytes, from: max(offset, behind) - apart.count + start, to: end - apart.count + start, &writer)
  }

  private static func copy(_ bytes: [UInt8], from: Int, to end: Int, _ writer: inout Writer) {
    if from < end { writer.append(bytes.span.bytes.extracting(from..<end)) }
  }

  /// Appends all of it as one frame.
  func writeWhole(to writer: inout Writer) {
    let start = writer.reserveFixed32()
    write(count, from: 0, to: &writer)
    writer.endFrame(start)
  }
}
