// A target, a proxy before it and connections through it, as programs outside would have them.
import Testing
import TroupeNet
import TroupeTesting

final class ProxyBed: Sendable {
  let proxy: FaultProxy
  private let target: LoopbackSocket

  init(_ faults: ProxyFaults = .none, seed: UInt64 = 1) throws {
    let (target, address) = try LoopbackSocket.bound(isListening: true)
    self.target = target
    proxy = try FaultProxy.start(to: address, faults: faults, seed: seed)
  }

  /// A connection through the proxy, seen from both sides.
  func connect() throws -> (client: LoopbackSocket, server: LoopbackSocket) {
    let client = try LoopbackSocket.connect(to: proxy.address)
    return (client, try target.accept())
  }
}
