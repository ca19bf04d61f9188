// Calls that come when they come, whether earlier ones are answered or not: what a node gets from the world.
import Troupe

/// So many calls a second for so long, from one loop; each counts from when it was due, not from when it could be sent.
final class OpenLoop: Sendable {
  private static let tick: Duration = .milliseconds(1)
  /// After it nobody wants the answer.
  private static let deadline: Duration = .seconds(1)

  private let client: Client
  private let counters: [Counter.Ref]
  private let rate: Int
  private let burn: Int

  init(_ client: Client, rate: Int, burn: Int) {
    self.client = client
    self.rate = rate
    self.burn = burn
    counters = (0..<Sizes.entities).map { client.cluster.entity(Counter.self, Sizes.name($0)).within(Self.deadline) }
  }

  struct Result: Sendable {
    var offered = 0
    /// Answered within the deadline: nanoseconds from when each was due.
    var latencies: [Int64] = []
    var refused = 0
    var failed = 0
  }

  enum Outcome: Sendable { case answered(Int64), refused, failed }

  func run(seconds: Int) async -> Result {
    let (ticks, tick) = AsyncStream<Void>.makeStream()
    let loop = client.loop
    @Sendable func next(_ left: Int) {
      tick.yield()
      if left > 0 { loop.schedule(after: Self.tick) { next(left - 1) } } else { tick.finish() }
    }
    loop.execute { next(seconds * 1_000) }
    return await Task(executorPreference: loop) { await self.offer(ticks, until: Int64(seconds) * 1_000_000_000) }.value
  }

  /// Timers of a busy loop come late: each tick offers what has become due since the last.
  private func offer(_ ticks: AsyncStream<Void>, until end: Int64) async -> Result {
    await withTaskGroup(of: Outcome.self) { group in
      var result = Result()
      let started = Monotonic.now()
      for await _ in ticks {
        let due = min(end, Monotonic.now() - started) * Int64(rate) / 1_000_000_000
        while result.offered < due {
          let number = result.offered
          result.offered += 1
          let at = started + Int64(number) * 1_000_000_000 / Int64(rate)
          group.addTask(executorPreference: client.loop) { await self.call(number, due: at) }
        }
      }
      for await outcome in group {
        switch outcome {
        case .answered(let nanoseconds): result.latencies.append(nanoseconds)
        case .refused: result.refused += 1
        case .failed: result.failed += 1
        }
      }
      return result
    }
  }

  private func call(_ number: Int, due: Int64) async -> Outcome {
    do {
      _ = try await counters[number &* Sizes.stride % counters.count].burn(microseconds: burn)
      let took = Monotonic.now() - due
      return took <= Self.deadline.nanoseconds ? .answered(took) : .failed
    } catch let error as CallError where error.code == .overloaded {
      return .refused
    } catch {
      return .failed
    }
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
