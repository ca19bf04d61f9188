// A fuzzer's input read as a recipe for a stream of frames, so that lengths are right unless the recipe wants them wrong: bytes that
// merely stand there would end at the first length check.
import TroupeNet
import TroupeWire

@testable import TroupeTransport

struct FrameStream {
  /// Where one input may go at most, bytes.
  private static let limit = 256 << 10
  private static let most = 64

  private(set) var writer = Writer()
  /// Bytes of the frames inside COMPRESSED.
  private(set) var unpacked = 0
  var bytes: [UInt8] { writer.bytes }

  /// All frames that `input` describes.
  init(_ input: inout FuzzInput) {
    var count = 0
    while !input.isAtEnd, count < Self.most, writer.count < Self.limit {
      add(&input)
      count += 1
    }
  }

  /// One frame, or what stands for one.
  init(one input: inout FuzzInput) { add(&input) }

  private mutating func add(_ input: inout FuzzInput) {
    let choice = input.byte()
    let type = Self.type(choice & 31, &input)
    switch choice >> 5 {
    case 0: frame(type, input.take(Int(input.byte())))
    case 1: frame(type, input.take(input.word() & 4_095))
    case 2: padded(type, &input)
    case 3: compressed(type, &input)
    case 4: lying(type, &input)
    case 5: raw(input.take(Int(input.byte())))
    case 6: message(&input)
    default: numbered(type, &input)
    }
  }

  private static func type(_ choice: UInt8, _ input: inout FuzzInput) -> UInt8 {
    let known = FrameType.allCases
    return Int(choice) < known.count ? known[Int(choice)].rawValue : input.byte()
  }

  private mutating func raw(_ bytes: UnsafeRawBufferPointer) { writer.append(RawSpan(_unsafeBytes: bytes)) }

  private mutating func frame(_ type: UInt8, _ body: UnsafeRawBufferPointer) {
    let start = begin(type)
    raw(body)
    writer.endFrame(start)
  }

  private mutating func begin(_ type: UInt8) -> Int {
    let start = writer.reserveFixed32()
    writer.byte(type)
    return start
  }

  /// A body that begins as given and goes on with many equal bytes.
  private mutating func padded(_ type: UInt8, _ input: inout FuzzInput) {
    let start = begin(type)
    fill(&input)
    writer.endFrame(start)
  }

  private mutating func fill(_ input: inout FuzzInput) {
    raw(input.take(Int(input.byte())))
    // Mostly few; those that reach the limits of frames are slow.
    let more = Int(input.byte())
    writer.append([UInt8](repeating: 0xAA, count: more < 240 ? more : (more - 239) * 4_200))
  }

  /// A frame inside COMPRESSED. What it claims to hold is right unless a byte says otherwise.
  private mutating func compressed(_ type: UInt8, _ input: inout FuzzInput) {
    var inner = FrameStream()
    inner.writer.byte(type)
    inner.fill(&input)
    let lie = input.byte()
    wrap(inner.writer.span, claiming: UInt32(inner.writer.count) ^ UInt32(lie & 0x7F), isCut: lie & 0x80 != 0)
  }

  private mutating func wrap(_ frame: RawSpan, claiming count: UInt32, isCut: Bool = false) {
    guard let smaller = LZ4Block.compress(frame, limit: 70_000) else { return }
    let start = begin(FrameType.compressed.rawValue)
    writer.fixed32(count)
    writer.append(isCut ? Array(smaller.dropLast()) : smaller)
    writer.endFrame(start)
    unpacked += Int(count)
  }

  private init() {}

  private mutating func lying(_ type: UInt8, _ input: inout FuzzInput) {
    writer.fixed32(UInt32(input.word()) | UInt32(input.word()) << 16)
    writer.byte(type)
    raw(input.take(Int(input.byte())))
  }

  /// A large message: BEGIN and its chunks, or the first of them, each inside COMPRESSED where a bit says so.
  private mutating func message(_ input: inout FuzzInput) {
    let choice = input.byte()
    let claimed = ChunkLimits.chunk + 1 + Int(input.byte()) << (choice & 32 == 0 ? 8 : 16)
    let total = min(claimed, TransportLimits.frame)
    var part = Writer()
    part.byte(choice & 8 == 0 ? FrameType.call.rawValue : FrameType.reply.rawValue)
    part.append(RawSpan(_unsafeBytes: input.take(Int(input.byte()))))
    let step = max(1, min(ChunkLimits.chunk, 256 * (1 + Int(input.byte()))))
    part.append([UInt8](repeating: 0, count: max(0, step - part.count)))
    let most = 1 + Int(input.byte() & 15)
    var (offset, chunks) = (0, 0)
    while offset < total, chunks < most {
      let bytes = part.span.extracting(0..<min(part.count, step, total - offset))
      var frame = Writer()
      let id = UInt32(choice & 7)
      let piece = bytes.withUnsafeBytes { [UInt8]($0) }
      if offset == 0 {
        ChunkFrames.writeBegin(id, total: total, to: &frame) { $0.append(piece) }
      } else {
        ChunkFrames.writeChunk(id, to: &frame) { $0.append(piece) }
      }
      let inner = frame.span.extracting(4..<frame.count)
      if choice & 16 == 0 { writer.append(frame.span) } else { wrap(inner, claiming: UInt32(inner.byteCount)) }
      offset += bytes.byteCount
      chunks += 1
    }
  }

  /// A frame about a request or message that may well exist.
  private mutating func numbered(_ type: UInt8, _ input: inout FuzzInput) {
    let start = begin(type)
    writer.fixed32(UInt32(input.byte() & 3) | UInt32(input.byte() & 1) << 16)
    raw(input.take(Int(input.byte())))
    writer.endFrame(start)
  }
}
