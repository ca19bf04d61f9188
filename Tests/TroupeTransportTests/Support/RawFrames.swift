// Frames as bytes, written the way the protocol's text says and not with the code under test.

enum RawFrames {
  static func frame(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { u32(UInt32(1 + body.count)) + [type] + body }

  static func u16(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
  static func u32(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  static func u64(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  static func text(_ text: String) -> [UInt8] { u16(UInt16(text.utf8.count)) + Array(text.utf8) }

  static func hello(
    magic: String = "TRPE", versions: (UInt16, UInt16) = (1, 1), cluster: String = "test", name: String = "g1", role: UInt8 = 2,
    loops: (UInt16, UInt16) = (0, 1), maxFrame: UInt32 = 1 << 20, more: [UInt8] = []
  ) -> [UInt8] {
    var body = Array(magic.utf8) + u16(versions.0) + u16(versions.1) + text(cluster) + text(name) + [role] + u64(1)
    body += u16(loops.0) + u16(loops.1) + u32(maxFrame) + u64(0) + more
    return frame(1, body)
  }

  static func call(
    request: UInt32 = 0, flags: UInt8 = 0, extras: [UInt8] = [], entity: String = "alice", arguments: [UInt8] = [1]
  ) -> [UInt8] {
    var body = u32(request) + [flags] + u32(7) + u64(8) + u32(5_000_000) + u64(9) + u64(10) + u64(3) + u64(12)
    body += extras + text(entity) + arguments
    return frame(16, body)
  }

  static func reply(request: UInt32, status: UInt8 = 0, payload: [UInt8] = []) -> [UInt8] {
    frame(17, u32(request) + [status] + payload)
  }
}

/// So many bytes of `pattern`, again and again. Copied and not computed: these tests run on the loop that must not stand still.
func repeated(_ pattern: [UInt8], to count: Int) -> [UInt8] {
  var bytes = pattern
  while bytes.count < count { bytes += bytes }
  return Array(bytes.prefix(count))
}
