// Calls that come when they come, whether earlier ones are answered or not: what a node gets from the world.
import Troupe

/// So many calls a second for so long, from the client's one loop, at instants fixed beforehand; each counts from when it was due, not
/// from when it could be sent.
struct OpenLoop: Sendable {
  /// How often the client looks what is due.
  private static let tick: Int64 = 250_000

  let client: Client
  let rate: Int
  /// Makes one call.
  let call: @Sendable (_ number: Int) async throws -> Void

  struct Result: Sendable {
    var offered = 0
    /// Of what was answered: nanoseconds from when each was due.
    var latencies: [Int64] = []
    var refused = 0
    var failed = 0

    /// The latency that this share of the answers stays under, microseconds.
    static func quantile(_ share: Double, of sorted: [Int64]) -> Double {
      sorted.isEmpty ? 0 : Double(sorted[Int(Double(sorted.count - 1) * share)]) / 1e3
    }
  }

  /// What became of one call: nanoseconds of the clock.
  struct Ended: Sendable {
    var number: Int
    var due: Int64
    var at: Int64
    var error: (any Error)?
  }

  /// - Parameter hear: is told of every call on the client's loop, when it has ended.
  func run(seconds: Int, _ hear: @escaping @Sendable (Ended) -> Void = { _ in }) async -> Result {
    let started = Monotonic.now()
    let ticks = Pacer.ticks(seconds * Int(1_000_000_000 / Self.tick), every: Self.tick, from: started)
    return await Task(executorPreference: client.loop) { await offer(ticks, from: started, all: seconds * rate, hear) }.value
  }

  private func offer(
    _ ticks: AsyncStream<Void>, from started: Int64, all: Int, _ hear: @escaping @Sendable (Ended) -> Void
  ) async -> Result {
    let tally = LoopBound(Tally(), on: client.loop)
    for await _ in ticks {
      let due = min(all, Int((Monotonic.now() - started) * Int64(rate) / 1_000_000_000))
      while tally.value.result.offered < due {
        let number = tally.value.begin()
        let at = started + Int64(number) * 1_000_000_000 / Int64(rate)
        // No group of tasks: one of a hundred thousand children costs more than the calls.
        Task(executorPreference: client.loop) {
          do {
            try await call(number)
            let now = Monotonic.now()
            hear(Ended(number: number, due: at, at: now))
            tally.value.answered(after: now - at)
          } catch {
            hear(Ended(number: number, due: at, at: Monotonic.now(), error: error))
            tally.value.failed(with: error)
          }
        }
      }
    }
    await withUnsafeContinuation { tally.value.whenAllHaveEnded($0) }
    return tally.value.result
  }

  /// What has become of the calls; on the client's loop.
  private final class Tally {
    private(set) var result = Result()
    private var open = 0
    private var waiter: UnsafeContinuation<Void, Never>?

    func begin() -> Int {
      open += 1
      result.offered += 1
      return result.offered - 1
    }

    func answered(after latency: Int64) {
      result.latencies.append(latency)
      ended()
    }

    func failed(with error: any Error) {
      if (error as? CallError)?.code == .overloaded { result.refused += 1 } else { result.failed += 1 }
      ended()
    }

    func whenAllHaveEnded(_ waiter: UnsafeContinuation<Void, Never>) {
      if open == 0 { waiter.resume() } else { self.waiter = waiter }
    }

    private func ended() {
      open -= 1
      if open == 0, let waiter {
        self.waiter = nil
        waiter.resume()
      }
    }
  }
}
