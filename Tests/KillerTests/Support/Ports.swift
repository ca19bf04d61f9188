// Ports for nodes that must come back under the one they had: below those that the kernel gives to outgoing connections, and each once.
import Killed
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
      if Loopback.isFree(port) { return port }
    }
  }
}
