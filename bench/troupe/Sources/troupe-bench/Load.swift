// So many calls in flight from the client's one loop, so many in all, and what they took.
import Glibc
import Troupe

/// What is called, again and again. A type for each bench with a loop of its own, so that the compiler sees through it as through a
/// user's code: a call through a closure or a witness hops between executors once more, which costs a twentieth of what is measured.
protocol BenchCall: Sendable {
  /// Makes `count` calls one after the other and answers the latency of each, nanoseconds. Runs as a task that prefers the client's loop,
  /// so that its calls leave and return without changing threads.
  nonisolated(nonsending) func work(from first: Int, count: Int) async throws -> [Int64]
}

/// Which calls one worker makes, and what they took: their numbers are a stride apart.
struct Laps {
  private(set) var latencies: [Int64] = []
  private var number: Int
  private var left: Int
  private var started: Int64 = 0

  init(from first: Int, count: Int) {
    number = first
    left = count
    latencies.reserveCapacity(count)
  }

  /// The number of the next call, which begins now.
  @inline(__always)
  mutating func next() -> Int? {
    guard left > 0 else { return nil }
    left -= 1
    number &+= Sizes.stride
    started = Monotonic.now()
    return number
  }

  @inline(__always)
  mutating func ended() { latencies.append(Monotonic.now() - started) }
}

/// A client of the bench's cluster.
struct Load: Sendable {
  let client: Client

  /// Where shards should be is for operators to say; everything else is a gateway's.
  init(certificates: String, ports: String, asOperator: Bool = false) async throws {
    let file = certificates + (asOperator ? "/operator" : "/client")
    let tls = try TLSContext(certificate: file + ".crt", key: file + ".key", roots: certificates + "/ca.crt", trustDomain: "bench")
    let addresses = ports.split(separator: ",").compactMap { SocketAddress("127.0.0.1:\($0)") }
    let (name, role): (String, PeerRole) = asOperator ? ("bench-operator", .operator) : ("bench-client", .gateway)
    client = try await Client.connect(to: addresses, cluster: "bench", name: name, role: role, tls: tls)
  }

  /// A tenth of the calls to warm up, then all of them on the clock.
  func measure(_ call: some BenchCall, inFlight: Int, calls: Int) async throws -> Result {
    _ = try await round(call, inFlight: inFlight, calls: max(inFlight, calls / 10))
    let clock = ContinuousClock()
    let started = clock.now
    let latencies = try await round(call, inFlight: inFlight, calls: calls)
    return Result(seconds: (clock.now - started) / .seconds(1), latencies: latencies)
  }

  private func round(_ call: some BenchCall, inFlight: Int, calls: Int) async throws -> [Int64] {
    try await withThrowingTaskGroup(of: [Int64].self) { group in
      for worker in 0..<inFlight {
        group.addTask(executorPreference: client.loop) { try await call.work(from: worker, count: calls / inFlight) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  struct Result {
    var seconds: Double
    var latencies: [Int64]

    func print() {
      let sorted = latencies.sorted()
      let p50 = Double(sorted[sorted.count / 2]) / 1e3
      let p99 = Double(sorted[sorted.count * 99 / 100]) / 1e3
      Swift.print(#"{"calls": \#(sorted.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99)}"#)
    }
  }
}
