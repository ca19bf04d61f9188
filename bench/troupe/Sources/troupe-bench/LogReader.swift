// What reads the ledgers' log at the node: a group that says how old each event is, and a projection that counts them.
import Synchronization
import Troupe

enum LogReader {
  struct Seen {
    var count = 0
    var first: Int64 = 0
    var last: Int64 = 0
    /// Nanoseconds, of events with a stamp.
    var ages: [Int64] = []
    /// What a projection in memory holds: entries a ledger.
    var entries: [String: Int] = [:]
  }

  static let seen = Mutex(Seen())

  /// Events of ledgers, as they are.
  private static let topic = Topic<[UInt8]>("ledger.posts").from(Ledger.self) { event, _ in
    switch event {
    case .posted(let memo): memo
    }
  }

  /// Keeps the log and takes nothing of it.
  static func hold(_ registry: inout Registry) {
    registry.subscribe("reader", to: topic) { _, _ in try await Task.sleep(for: .seconds(600)) }
  }

  /// `ages`: each event is stamped, and its age on arrival counts.
  static func subscribe(_ registry: inout Registry, ages: Bool) {
    var policy = ConsumerPolicy()
    policy.batch = 1_024
    registry.subscribe("reader", toBatchesOf: topic, policy: policy) { deliveries, _ in
      seen.withLock { seen in
        if seen.count == 0 { seen.first = Monotonic.now() }
        seen.count += deliveries.count
        if ages {
          for delivery in deliveries { seen.ages.append(Stamp.age(of: delivery.message)) }
        } else {
          for delivery in deliveries { seen.entries[delivery.origin.entity, default: 0] += 1 }
        }
        seen.last = Monotonic.now()
      }
    }
  }
}

/// Tells a client what the reader at its node has seen.
@Entity("gauge")
actor Gauge {
  @Wire struct Reading {
    var count: Int
    var nanoseconds: Int64
    var ages: [Int64]
  }

  @Query func reading() -> Reading {
    LogReader.seen.withLock { Reading(count: $0.count, nanoseconds: $0.last - $0.first, ages: $0.ages) }
  }

  @Command func reset() { LogReader.seen.withLock { $0 = LogReader.Seen() } }
}
