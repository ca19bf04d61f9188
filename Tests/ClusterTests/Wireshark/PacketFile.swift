// A capture made by hand: bytes of made-up TCP connections, in the oldest format that Wireshark reads.

import Foundation

struct PacketFile {
  /// Where everybody connects to.
  static let port: UInt16 = 7_101

  private var bytes: [UInt8] = []
  private var sent: [UInt32: UInt32] = [:]
  private(set) var packets = 0

  init() {
    // The magic, version 2.4, no time zone, no precision said, the longest packet, and packets that begin with IP.
    bytes = little(0xa1b2_c3d4 as UInt32) + little(2 as UInt16) + little(4 as UInt16)
    bytes += little(0 as UInt32) + little(0 as UInt32) + little(262_144 as UInt32) + little(101 as UInt32)
  }

  /// One packet of the connection that `client` has opened, towards the server or back. Its number.
  @discardableResult
  mutating func add(_ payload: [UInt8], client: UInt16, isReply: Bool = false) -> Int {
    let (from, to) = isReply ? (Self.port, client) : (client, Self.port)
    let (way, back) = (UInt32(from) << 16 | UInt32(to), UInt32(to) << 16 | UInt32(from))
    let host: [UInt8] = [127, 0, 0, 1]
    // Nobody looks at the checksums, which are 0.
    let ip: [UInt8] = [0x45, 0] + big(UInt16(40 + payload.count)) + [0, 0, 0, 0, 64, 6, 0, 0] + host + host
    let tcp = big(from) + big(to) + big(sent[way, default: 1]) + big(sent[back, default: 1]) + [0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]
    let packet = ip + tcp + payload
    sent[way, default: 1] += UInt32(payload.count)
    // A millisecond later than the one before.
    bytes +=
      little(1_000 as UInt32) + little(UInt32(packets) * 1_000) + little(UInt32(packet.count)) + little(UInt32(packet.count)) + packet
    packets += 1
    return packets
  }

  func write(to path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  private func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
  private func big(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
}
