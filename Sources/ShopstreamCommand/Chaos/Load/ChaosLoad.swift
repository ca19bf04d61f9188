// Calls at a steady rate, due at fixed instants whether earlier ones were answered or not: from before the first fault to behind the
// last recovery. Half are writes; of those every other one is sent again under its key until it is answered, the rest are left open.

import ShopCarts
import Synchronization
import Troupe

final class ChaosLoad: Sendable {
  /// Longer than a take-over: what fails had time enough.
  static let deadline: Duration = .seconds(5)
  /// How long a write is sent again under its key.
  static let patience: Duration = .seconds(15)
  static let pause: Duration = .milliseconds(100)
  /// Calls that wait for an answer; what is due past it counts as failed.
  static let openLimit = 4_096
  /// How late a call may still be sent when the machine had no time for us.
  static let longestDelay: Duration = .seconds(1)

  private let client: Client
  private let history: ChaosHistory
  private let rate: Double
  private let places: Int
  private let isOver = Atomic(false)
  private let open = Atomic(0)

  init(_ client: Client, _ history: ChaosHistory, rate: Int, places: Int) {
    (self.client, self.history, self.rate, self.places) = (client, history, Double(rate), places)
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  /// Until `stop`; returns when every call has ended.
  func run() async {
    let began = ContinuousClock.now
    await withDiscardingTaskGroup { group in
      var number = 0
      while !isOver.load(ordering: .relaxed), !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(2))
        let now = ContinuousClock.now
        while true {
          let due = began + .seconds(Double(number) / rate)
          guard due <= now else { break }
          send(number, due: now - due > Self.longestDelay ? now : due, in: &group)
          number += 1
        }
      }
    }
  }

  private func send(_ number: Int, due: ContinuousClock.Instant, in group: inout DiscardingTaskGroup) {
    guard open.load(ordering: .relaxed) < Self.openLimit else { return history.change { $0.drop(at: $1) } }
    open.add(1, ordering: .relaxed)
    // Places in turn, and at each of them a read after a write.
    let (place, isWrite) = (number % places, (number / places) % 2 == 0)
    let due = history.seconds(at: due)
    group.addTask(executorPreference: client.loop) {
      let ticket = self.history.change { $0.begin(place: place, isWrite: isWrite, due: due, at: $1) }
      await self.call(ticket)
      self.open.subtract(1, ordering: .relaxed)
    }
  }

  private func call(_ ticket: ChaosBook.Ticket) async {
    let cart = client.cluster.entity(Cart.self, ticket.cart).within(Self.deadline)
    let isPatient = ticket.number.map { $0 % 2 == 1 } ?? false
    let end = ContinuousClock.now + Self.patience
    var mayHaveRun = false
    while true {
      history.change { $0.sent(at: $1) }
      do {
        let state =
          if let number = ticket.number {
            try await cart.once("\(ticket.cart)-\(number)").add(LineSet.sku(number))
          } else {
            try await cart.contents()
          }
        return history.change { $0.answered(ticket, state.lines, at: $1) }
      } catch {
        let error = error as? CallError
        if error?.executed != .no { mayHaveRun = true }
        history.change { $0.failed(error?.code.rawValue ?? "refused-by-the-cart", at: $1) }
      }
      guard isPatient, ContinuousClock.now < end else { break }
      try? await Task.sleep(for: Self.pause)
    }
    history.change { book, _ in book.gaveUp(ticket, mayHaveRun: mayHaveRun) }
  }
}

// MARK: What is there at the end

extension ChaosLoad {
  /// For all of them together, and a little for each: a cluster that is gone is not asked for each of its carts in turn.
  static let readLimit: Duration = .seconds(30)
  static let readTime: Duration = .milliseconds(2)
  static let readers = 16

  /// Reads every cart once more, after everything; those that cannot be read.
  static func readAll(_ client: Client, _ history: ChaosHistory) async -> [String] {
    let carts = history.look { $0.judges.map(\.cart) }
    let end = ContinuousClock.now + readLimit + readTime * carts.count
    return await withTaskGroup(of: [String].self) { group in
      for reader in 0..<readers {
        group.addTask {
          var unread: [String] = []
          for judge in stride(from: reader, to: carts.count, by: readers) {
            if await !read(judge, carts[judge], until: end, client, history) { unread.append(carts[judge]) }
          }
          return unread
        }
      }
      return await group.reduce(into: []) { $0 += $1 }.sorted()
    }
  }

  private static func read(
    _ judge: Int, _ name: String, until end: ContinuousClock.Instant, _ client: Client, _ history: ChaosHistory
  ) async -> Bool {
    let cart = client.cluster.entity(Cart.self, name).within(deadline)
    while ContinuousClock.now < end, !Task.isCancelled {
      if let lines = try? await cart.contents().lines {
        history.change { book, _ in book.found(judge, lines) }
        return true
      }
      try? await Task.sleep(for: pause)
    }
    return false
  }
}
