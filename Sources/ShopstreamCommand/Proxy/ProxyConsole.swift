// The two ends of a running proxy's terminal: lines that are typed, and what is answered.

import Foundation
import Synchronization
import TroupeTesting

final class ProxyConsole: Sendable {
  /// Nobody types more; a longer line is refused in parts.
  static let longestLine = 1_024

  private let proxy: FaultProxy
  private let isJSON: Bool
  private let terminal = Mutex(Terminal(isInteractive: false))

  init(_ proxy: FaultProxy, isJSON: Bool) {
    self.proxy = proxy
    self.isJSON = isJSON
  }

  func say(_ event: ProxyEvent) {
    let lines = isJSON ? [JSONText.line(event)] : event.lines
    terminal.withLock { terminal in lines.forEach { terminal.say($0) } }
  }

  /// Does what a line says, and answers it. False when the proxy is to end.
  func hear(_ line: String) -> Bool {
    do throws(Refusal) {
      guard let order = try ProxyOrder(line: line) else { return true }
      return obey(order)
    } catch {
      say(.refused(error))
      return true
    }
  }

  private func obey(_ order: ProxyOrder) -> Bool {
    if let changed = order.changed(proxy.faults) {
      proxy.faults = changed
      say(.faults(changed))
      return true
    }
    switch order {
    case .reset:
      let open = proxy.statistics.open
      proxy.reset()
      say(.done("Reset \(open) connections."))
    case .halfClose(let direction):
      proxy.halfClose(direction)
      say(.done("Half-closed \(proxy.statistics.open) connections \(direction.rawValue)."))
    case .status: say(.status(proxy))
    case .help: say(.done(ProxyOrder.helpLines.joined(separator: "\n")))
    case .quit: return false
    case .set, .drop, .refuse, .heal: preconditionFailure("\(order) changes the faults")
    }
    return true
  }

  /// Hears standard input on a thread of its own, until it ends or `ended` was called because a line asked for that.
  func listen(quit: @escaping @Sendable () -> Void) {
    Thread.detachNewThread { [self] in
      var waiting: [UInt8] = []
      var bytes = [UInt8](repeating: 0, count: Self.longestLine)
      while true {
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        waiting += bytes[..<count]
        while let end = waiting.firstIndex(of: UInt8(ascii: "\n")) ?? (waiting.count > Self.longestLine ? waiting.count - 1 : nil) {
          let line = String(decoding: waiting[..<end], as: UTF8.self)
          waiting.removeSubrange(...end)
          if !hear(line) { return quit() }
        }
      }
    }
  }
}
