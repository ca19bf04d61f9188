// Blocks of LZ4, made by others and by us. Promises: taking one apart gives exactly as many bytes as were asked for, or nothing; what was
// made smaller comes back; no more room is used than was given; a compressed frame takes no more memory than its limit.
import Glibc
import TroupeNet
import TroupeWire

@testable import TroupeTransport

public enum BlocksTarget: FuzzTarget {
  public static let name = "lz4"

  /// What callers ask for at most, bytes.
  private static let most = 64 << 10
  /// More is slow and says nothing new: the format looks back 64 KiB at most, and what repeats is found at once.
  private static let mostRepeated = 8 << 10

  public static func run(_ bytes: UnsafeRawBufferPointer) throws(Finding) {
    var input = FuzzInput(bytes)
    let choice = input.byte()
    switch choice & 3 {
    case 0: try takeApart(input.word(), input.rest())
    case 1: try open(UInt32(input.word()) | UInt32(choice >> 2 & 3) << 16, input.rest())
    case 2: try roundTrip(input.word(), repeats: Int(input.byte()), input.rest())
    default: try damaged(at: input.word(), by: input.byte(), repeats: Int(input.byte()), input.rest())
    }
  }

  private static func takeApart(_ count: Int, _ block: UnsafeRawBufferPointer) throws(Finding) {
    guard let raw = LZ4Block.decompress(RawSpan(_unsafeBytes: block), count: count) else { return }
    try expect(raw.count == count && count <= most, "a block came apart into \(raw.count) bytes where \(count) were asked for")
    // LZ4 takes at least a byte for 255.
    try expect(count <= 255 * block.count, "\(block.count) bytes came apart into \(count)")
  }

  private static func open(_ claimed: UInt32, _ block: UnsafeRawBufferPointer) throws(Finding) {
    var frame = Writer()
    frame.byte(FrameType.compressed.rawValue)
    frame.fixed32(claimed)
    frame.append(RawSpan(_unsafeBytes: block))
    var raw: [UInt8]?
    let peak = AllocationMeter.peak { raw = try? CompressedFrame.open(frame.span) }
    try expect(peak <= AllocationMeter.allowed(for: frame.count), "a compressed frame of \(frame.count) bytes took \(peak) bytes of memory")
    if let raw {
      try expect(raw.count == Int(claimed) && raw.count <= CompressedFrame.limit, "a frame that claims \(claimed) bytes holds \(raw.count)")
    }
  }

  private static func repeated(_ bytes: UnsafeRawBufferPointer, _ times: Int) -> [UInt8] {
    var all: [UInt8] = []
    for _ in 0...times where all.count + bytes.count <= mostRepeated { all.append(contentsOf: bytes) }
    return all
  }

  private static func roundTrip(_ limit: Int, repeats: Int, _ bytes: UnsafeRawBufferPointer) throws(Finding) {
    let raw = repeated(bytes, repeats)
    guard let smaller = LZ4Block.compress(raw.span.bytes, limit: limit) else { return }
    try expect(smaller.count <= limit, "\(smaller.count) bytes were written where \(limit) were allowed")
    try expect(isSame(LZ4Block.decompress(smaller.span.bytes, count: raw.count), raw), "\(raw.count) bytes do not come back")
    try expect(LZ4Block.decompress(smaller.span.bytes, count: raw.count + 1) == nil, "\(raw.count) bytes are \(raw.count + 1) as well")
    if raw.count > 1 {
      try expect(LZ4Block.decompress(smaller.span.bytes, count: raw.count - 1) == nil, "\(raw.count) bytes fit in one less")
    }
  }

  /// In one comparison, for a loop over bytes would be seen by the fuzzer as a thousand branches.
  private static func isSame(_ one: [UInt8]?, _ other: [UInt8]) -> Bool {
    one?.count == other.count && memcmp(one ?? [], other, other.count) == 0
  }

  private static func damaged(at offset: Int, by change: UInt8, repeats: Int, _ bytes: UnsafeRawBufferPointer) throws(Finding) {
    let raw = repeated(bytes, repeats)
    guard var smaller = LZ4Block.compress(raw.span.bytes, limit: raw.count + raw.count / 255 + 16), !smaller.isEmpty else { return }
    smaller[offset % smaller.count] ^= change
    let back = LZ4Block.decompress(smaller.span.bytes, count: raw.count)
    try expect(back == nil || back?.count == raw.count, "a damaged block came apart into \(back?.count ?? 0) bytes")
  }
}
