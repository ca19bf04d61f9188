// Ports for nodes that must come back under the one they had: below those that the kernel gives to outgoing connections, and each once.
import Foundation
import Synchronization

enum Ports {
  private static let range = 10_001..<32_768
  private static let next = Mutex(Int.random(in: range))

  static func free() -> Int {
    while true {
      let port = next.withLock { next in
        next = next + 1 < range.upperBound ? next + 1 : range.lowerBound
        return next
      }
      if isFree(port) { return port }
    }
  }

  private static func isFree(_ port: Int) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
  }
}
