// A volatile entity with every sort of method, for the runtime's own tests.
import Glibc
import Synchronization
import Troupe

@Entity("counter")
actor Counter {
  @Wire enum Failure: Error, Equatable { case tooLarge(Int), odd }
  @Wire struct Denied: Error, Equatable { var by: String }

  private var total = 0
  private var isOpen = false
  private var isLingering = false
  private var timesTakenBack = 0
  private var waiter: CheckedContinuation<Void, Never>?
  private var left: Task<String?, Never>?

  @Command func add(_ amount: Int = 1) throws -> Int {
    guard amount <= 1_000 else { throw Failure.tooLarge(amount) }
    total += amount
    return total
  }
  @Command func addEven(_ amount: Int) throws(Denied) {
    guard amount.isMultiple(of: 2) else { throw Denied(by: "parity") }
    total += amount
  }
  /// Tells another one, or itself, and goes on.
  @Command func passOn(to other: String, _ amount: Int) -> Int {
    context.entity(Counter.self, other).tell.add(amount)
    return total
  }
  @Query func value() -> Int { total }
  @Query func whoAsks() -> String? { context.caller }
  /// The same once the turn has been suspended and resumed.
  @Query func whoAsksSlowly() async -> String? {
    await Task.yield()
    return context.caller
  }
  /// Whom `other` takes for its caller: when this one calls it, and when it calls in the name of `name`.
  @Command func callersSeen(by other: String, as name: String) async throws -> [String?] {
    let other = context.entity(Counter.self, other)
    let own = try await other.whoAsks()
    let named = try await other.as(name).whoAsks()
    return [own, named, try await other.as(name).whoAsksSlowly(), context.caller]
  }
  /// Leaves a task behind that outlives the turn, and hears later what it then takes for its caller.
  @Command func leaveTaskBehind() async {
    let context = context
    left = Task {
      for _ in 0..<50 { await Task.yield() }
      _ = try? await context.entity(Counter.self, "z").value()
      return context.caller
    }
  }
  @Command func whatItSaw() async -> String? { await left?.value }
  @Query func echo(_ bytes: [UInt8]) -> [UInt8] { bytes }
  /// What the others say to each of the messages: none may get another's bytes.
  @Query func echoThrough(_ others: [String], sizes: [Int]) async throws -> [Int] {
    var wrong: [Int] = []
    for (number, size) in sizes.enumerated() {
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number + total), count: size)
      if try await context.entity(Counter.self, others[number % others.count]).echo(bytes) != bytes { wrong.append(size) }
    }
    return wrong
  }

  /// Suspends until somebody calls `open`, which is a query so that it may interleave.
  @Command func addWhenOpen(_ amount: Int) async -> Int {
    if !isOpen { await withCheckedContinuation { waiter = $0 } }
    total += amount
    return total
  }
  /// Runs until somebody takes the call back.
  @Command func linger() async {
    isLingering = true
    while !Task.isCancelled { await Task.yield() }
    isLingering = false
    timesTakenBack += 1
  }
  /// The same without a step until then, so that virtual time goes on.
  @Command func sleep() async {
    isLingering = true
    let (nothing, never) = AsyncStream<Int>.makeStream()
    for await _ in nothing {}
    isLingering = false
    if Task.isCancelled { timesTakenBack += 1 }
    never.finish()
  }
  /// Sleeps in another one.
  @Command func sleepIn(_ other: String) async throws { try await context.entity(Counter.self, other).sleep() }
  /// Keeps its loop from everything else until the latch is open.
  @Query func holdItsLoop() { while !Self.latch.load(ordering: .relaxed) { usleep(1_000) } }
  static let latch = Atomic(false)
  @Query func lingers() -> Bool { isLingering }
  @Query func timesItWasTakenBack() -> Int { timesTakenBack }
  @Query func isWaited() -> Bool { waiter != nil }
  @Query func open() {
    isOpen = true
    waiter?.resume()
    waiter = nil
  }
  @Command func fail() throws { throw Unforeseen() }

  /// Calls another counter, which may call back.
  @Command func addThrough(_ names: [String]) async throws -> Int {
    guard let next = names.first else {
      total += 1
      return total
    }
    return try await context.entity(Counter.self, next).addThrough(Array(names.dropFirst()))
  }
  @Command func addLater(_ amount: Int, milliseconds: Int) {
    after(.milliseconds(milliseconds)) { $0.total += amount }
  }

  struct Unforeseen: Error {}
}
