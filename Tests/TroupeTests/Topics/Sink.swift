// What is outside the cluster: it remembers what came, however often nodes die. And the topics that tests subscribe to.
import Synchronization
import Troupe

final class Sink: Sendable {
  private struct State {
    var came: [(key: String, text: String)] = []
    var refuses: @Sendable (String, Int) -> Bool = { _, _ in false }
  }
  private let state = Mutex(State())

  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  /// Throws for what it is told to refuse: by the message, and the attempt.
  func take(_ text: String, key: String, attempt: Int) throws {
    let refuses = state.withLock { $0.refuses }
    if refuses(text, attempt) { throw Refused(description: "\(text) is not wanted") }
    state.withLock { $0.came.append((key, text)) }
  }

  func refuse(_ which: @escaping @Sendable (String, Int) -> Bool) { state.withLock { $0.refuses = which } }

  var texts: [String] { state.withLock { $0.came.map(\.text) } }
  var keys: [String] { state.withLock { $0.came.map(\.key) } }
  /// In the order of their first coming, each once.
  var once: [String] {
    state.withLock { state in
      var seen: Set<String> = []
      return state.came.filter { seen.insert($0.key).inserted }.map(\.text)
    }
  }
}

extension Topic<String> {
  /// "a +5" for a booking of 5 on the ledger a.
  static let bookings = Topic("bookings").from(Ledger.self) { event, origin in
    if case .booked(let amount) = event { "\(origin.entity) +\(amount)" } else { nil }
  }
}

extension Registry {
  mutating func subscribe(_ group: String, into sink: Sink, policy: ConsumerPolicy = ConsumerPolicy()) {
    subscribe(group, to: .bookings, policy: policy) { delivery, _ in
      try sink.take(delivery.message, key: delivery.key, attempt: delivery.attempt)
    }
  }
}
