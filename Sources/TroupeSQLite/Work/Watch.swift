// Ends the waits of callers whose time is up, while a worker's thread stands in the disk or behind another process.
import Foundation
import Synchronization

final class Watch: Sendable {
  /// Between looks: what a timeout may be late by.
  private static let pause = 0.05

  private let isOver = Atomic(false)

  init(_ look: @escaping @Sendable (ContinuousClock.Instant) -> Void) {
    let thread = Thread { [self] in
      while !isOver.load(ordering: .relaxed) {
        Thread.sleep(forTimeInterval: Self.pause)
        look(.now)
      }
    }
    thread.name = "store-watch"
    thread.start()
  }

  func end() { isOver.store(true, ordering: .relaxed) }
}
