// The one book of a run, shared by all that call and all that break things; and the run's clock.

import Synchronization

final class ChaosHistory: Sendable {
  private let book: Mutex<ChaosBook>
  private let began: ContinuousClock.Instant

  init(_ book: ChaosBook) {
    self.book = Mutex(book)
    began = .now
  }

  /// Since the load began.
  var seconds: Double { seconds(at: .now) }
  func seconds(at instant: ContinuousClock.Instant) -> Double { (instant - began) / .seconds(1) }

  func change<T: Sendable>(_ change: (inout ChaosBook, Double) -> T) -> T {
    book.withLock { change(&$0, seconds) }
  }

  func look<T: Sendable>(_ look: (ChaosBook) -> T) -> T { book.withLock { look($0) } }

  func note(_ what: String) { change { $0.note(what, at: $1) } }
}
