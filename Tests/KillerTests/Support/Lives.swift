// A node's lives: it is started, ends as it was ordered, and is started again on the same store and port until nobody kills it any more. The
// client that calls it knows nothing of that.
import Foundation
import Killed
import Synchronization
import Testing
import Troupe

final class Lives: Sendable {
  private struct State {
    var now: NodeProcess?
    var counts = false
    /// What each that was killed had come to.
    var deaths: [String] = []
    /// Of those that nobody killed: a node that was too slow for its lease is taken for dead, and ends.
    var accidents = 0
    var isOver = false
    /// Somebody outside has killed this life, with these words.
    var struck: String?
  }

  private static let mostLives = 12

  private let plan: NodeProcess.Plan
  private let orders: [KillOrder]
  private let state = Mutex(State())

  /// - Parameter orders: of the first lives, one after the other; those behind them have none.
  init(_ plan: NodeProcess.Plan, _ orders: [KillOrder]) { (self.plan, self.orders) = (plan, orders) }

  struct DidNotServe: Error, CustomStringConvertible {
    var description: String
  }

  /// Lets them follow one another, and returns when the first that serves counts its steps.
  func begin() async throws {
    Task { await live() }
    let start = ContinuousClock.now
    while !state.withLock({ $0.counts }) {
      guard .now - start < Insistence.limit else { throw DidNotServe(description: log) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func live() async {
    for _ in 0..<Self.mostLives {
      let killed = state.withLock { $0.deaths.count }
      let order = killed < orders.count ? orders[killed] : nil
      guard let life = try? NodeProcess(plan, order) else { return }
      let isOver = state.withLock { state in
        state.now = life
        return state.isOver
      }
      if isOver { return life.kill() }
      // One that nobody kills counts as well: that is how its rest is seen.
      if order?.countsFromStart != true, await life.serves() {
        await life.begin()
        state.withLock { $0.counts = true }
      }
      await life.end()
      state.withLock { state in
        if let words = state.struck ?? life.lastWords { state.deaths.append(words) } else { state.accidents += 1 }
        state.struck = nil
      }
      if state.withLock({ $0.isOver }) { return }
    }
  }

  /// With whatever it did last before each.
  var deaths: [String] { state.withLock { $0.deaths } }
  var accidents: Int { state.withLock { $0.accidents } }
  var log: String { (try? String(contentsOfFile: plan.log, encoding: .utf8)) ?? "" }

  /// - Parameter words: what it was doing.
  func killNow(_ words: String) {
    let life = state.withLock { state in
      state.struck = words
      return state.now
    }
    life?.kill()
  }

  /// Returns when a node lives that makes nothing durable any more. What has ended says so to nobody: it is asked, for longer than the pause
  /// between two notes of the consumers.
  func rest() async throws {
    var last: (lives: Int, steps: Int)?
    var times = 0
    for _ in 0..<600 {
      let (life, lives) = state.withLock { ($0.now, $0.deaths.count + $0.accidents) }
      if await life?.serves() == true, let steps = await life?.steps() {
        times = last.map { $0 == (lives, steps) } == true ? times + 1 : 0
        last = (lives, steps)
        if times == 6 { return }
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw DidNotServe(description: "the node does not come to rest: \(log)")
  }

  func end() {
    let life = state.withLock { state in
      state.isOver = true
      return state.now
    }
    life?.kill()
  }
}
