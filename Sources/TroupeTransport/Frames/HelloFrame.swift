// HELLO: the first frame in each direction. What a newer version appends is not looked at.
import TroupeWire

enum HelloFrame {
  /// "TRPE", as it stands in the bytes.
  static let magic: UInt32 = 0x4550_5254

  static func write(_ hello: HelloInfo, to writer: inout Writer) {
    let start = writer.beginFrame(.hello)
    writer.fixed32(magic)
    writer.fixed16(hello.versions.lowerBound)
    writer.fixed16(hello.versions.upperBound)
    writer.text(hello.cluster)
    writer.text(hello.name)
    writer.byte(hello.role.rawValue)
    writer.fixed64(hello.incarnation)
    writer.fixed16(hello.loopIndex)
    writer.fixed16(hello.loopCount)
    writer.fixed32(hello.maxFrame)
    writer.fixed64(hello.features)
    if Self.hasZone(hello.features) { writer.text(hello.zone) }
    writer.endFrame(start)
  }

  static func read(_ frame: RawSpan) throws(FrameError) -> HelloInfo {
    var reader = FrameReader(frame, type: .hello)
    let magic = try reader.fixed32()
    guard magic == Self.magic else { throw .badMagic(magic) }
    let lowest = try reader.fixed16()
    let highest = try reader.fixed16()
    guard lowest <= highest else { throw .badHello("versions \(lowest) to \(highest)") }
    let cluster = try reader.text()
    let name = try reader.text()
    let roleByte = try reader.byte()
    guard let role = PeerRole(rawValue: roleByte) else { throw .badHello("role \(roleByte), which is unknown") }
    let incarnation = try reader.fixed64()
    let loopIndex = try reader.fixed16()
    let loopCount = try reader.fixed16()
    guard loopIndex < loopCount else { throw .badHello("loop \(loopIndex) of \(loopCount)") }
    let maxFrame = try reader.fixed32()
    guard maxFrame >= UInt32(TransportLimits.frameBeforeHello) else { throw .badHello("frames of at most \(maxFrame) bytes") }
    let features = try reader.fixed64()
    return HelloInfo(
      cluster: cluster, name: name, role: role, incarnation: incarnation, loopIndex: loopIndex, loopCount: loopCount,
      maxFrame: maxFrame, features: features, versions: lowest...highest, zone: hasZone(features) ? try reader.text() : "")
  }

  private static func hasZone(_ features: UInt64) -> Bool { LinkFeatures(rawValue: features).contains(.lz4) }
}
