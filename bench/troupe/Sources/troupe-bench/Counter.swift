// The volatile entities that are called: a total, and a relay that calls a counter on another loop or on its own.
import Troupe

@Entity("counter")
actor Counter {
  private var total: UInt64 = 0

  @Command func add(_ payload: [UInt8]) -> UInt64 {
    total += UInt64(payload.count)
    return total
  }

  @Command func addAsync(_ payload: [UInt8]) async -> UInt64 {
    total += UInt64(payload.count)
    return total
  }

  /// Keeps its loop busy, as work does that cannot be put off.
  @Command func burn(microseconds: Int) -> UInt64 {
    let until = Monotonic.now() + Int64(microseconds) * 1_000
    while Monotonic.now() < until {}
    total += 1
    return total
  }

  /// The loop of its node that it lives on.
  @Query func loop() -> Int { CurrentLoop.index ?? -1 }
}

@Entity("relay")
actor Relay {
  /// Hands a payload on and answers the counter's total.
  @Command func forward(_ payload: [UInt8], to counter: String) async throws -> UInt64 {
    try await context.entity(Counter.self, counter).add(payload)
  }

  /// Calls a counter so many times, one after the other, and answers how many nanoseconds all took.
  @Command func measure(_ counter: String, calls: Int) async throws -> Int64 {
    let counter = context.entity(Counter.self, counter)
    let payload = [UInt8](repeating: 7, count: Sizes.payload)
    let clock = ContinuousClock()
    let started = clock.now
    for _ in 0..<calls { _ = try await counter.add(payload) }
    return Int64((clock.now - started) / .nanoseconds(1))
  }

  @Query func loop() -> Int { CurrentLoop.index ?? -1 }
}
