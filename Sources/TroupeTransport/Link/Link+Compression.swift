// Frames that leave smaller than they are.
import TroupeNet
import TroupeWire

extension Link {
  func wantsCompression(with peer: HelloInfo) -> Bool {
    guard features.contains(.lz4) else { return false }
    switch policy.compression {
    case .off: return false
    case .always: return true
    case .betweenZones: return !local.zone.isEmpty && !peer.zone.isEmpty && local.zone != peer.zone
    }
  }

  /// The last frame of `data`, if it pays.
  func shrink(from start: Int) {
    // What waits behind another link is looked through once more before it leaves, so it stays readable until then.
    guard compresses, !isBehind, data.count - start > CompressionGuard.smallest else { return }
    var writer = takeData()
    shrink(from: start, in: &writer)
    putBack(writer)
  }

  func shrink(from start: Int, in writer: inout Writer) {
    guard compression.wantsTry() else { return }
    let before = writer.count - start
    let hasPaid = CompressedFrame.shrink(from: start, in: &writer)
    compression.tried(hasPaid: hasPaid)
    if hasPaid { traffic.shrunk(from: before, to: writer.count - start) }
  }

  func handleCompressed(_ frame: RawSpan) throws(FrameError) {
    guard features.contains(.lz4) else { throw .unexpected(.compressed) }
    let raw = try CompressedFrame.open(frame)
    // What is worth compressing, and nothing that could hold itself.
    switch FrameType(rawValue: raw[0]) {
    case .call, .reply, .begin, .chunk:
      incoming.isUnpacking = true
      defer { incoming.isUnpacking = false }
      try handle(raw.span.bytes)
    default: throw .unexpected(.compressed)
    }
  }
}
