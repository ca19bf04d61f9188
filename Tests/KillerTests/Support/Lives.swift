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
    var deaths: [String] = []
    var isOver = false
  }

  /// Lives that end by themselves, beyond those that were ordered: a node that is too slow for its lease is taken for dead.
  private static let mostLives = 12

  private let plan: NodeProcess.Plan
  private let orders: [KillOrder]
  private let state = Mutex(State())

  /// - Parameter orders: of the first lives, one after the other; those behind them have none.
  init(_ plan: NodeProcess.Plan, _ orders: [KillOrder]) { (self.plan, self.orders) = (plan, orders) }

  struct DidNotServe: Error, CustomStringConvertible {
    var description: String
  }

  /// Starts the first, which counts from here on, and goes on with the others as each ends.
  func begin() async throws {
    let first = try NodeProcess(plan, orders.first)
    state.withLock { $0.now = first }
    guard await first.serves() || orders.first?.countsFromStart == true else { throw DidNotServe(description: log) }
    if orders.first?.countsFromStart != true { await first.begin() }
    Task { await self.goOn(from: first) }
  }

  private func goOn(from first: NodeProcess) async {
    var life = first
    for number in 1..<Self.mostLives {
      await life.end()
      let goesOn = state.withLock { state in
        if !state.isOver { state.deaths.append(life.lastWords ?? "killed") }
        return !state.isOver
      }
      guard goesOn else { return }
      let order = number < orders.count ? orders[number] : nil
      guard let next = try? NodeProcess(plan, order) else { return }
      life = next
      state.withLock { $0.now = next }
      // One that nobody kills counts as well: that is how its rest is seen.
      if order?.countsFromStart != true, await next.serves() { await next.begin() }
    }
  }

  /// With whatever it did last before each.
  var deaths: [String] { state.withLock { $0.deaths } }
  var log: String { (try? String(contentsOfFile: plan.log, encoding: .utf8)) ?? "" }

  func killNow() { state.withLock { $0.now }?.kill() }

  /// Returns when a node lives that makes nothing durable any more. What has ended says so to nobody: it is asked, for longer than the pause
  /// between two notes of the consumers.
  func rest() async throws {
    var last: (deaths: Int, steps: Int)?
    var times = 0
    for _ in 0..<600 {
      let (life, deaths) = state.withLock { ($0.now, $0.deaths.count) }
      if await life?.serves() == true, let steps = await life?.steps() {
        times = last.map { $0 == (deaths, steps) } == true ? times + 1 : 0
        last = (deaths, steps)
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
