// So many calls in flight from the client's one loop, so many in all, and what they took.
import Troupe
import TroupeNet

/// A client of the bench's cluster, and the tasks that keep its calls in flight: all of them run on the client's loop.
struct Load: Sendable {
  let client: Client

  init(certificates: String, ports: String) async throws {
    let tls = try TLSContext(
      certificate: certificates + "/client.crt", key: certificates + "/client.key", roots: certificates + "/ca.crt", trustDomain: "bench")
    let addresses = ports.split(separator: ",").compactMap { SocketAddress("127.0.0.1:\($0)") }
    client = try await Client.connect(to: addresses, cluster: "bench", name: "bench-client", tls: tls)
  }

  /// Runs `call` with consecutive numbers: a tenth of them to warm up, then all of them on the clock.
  func measure(inFlight: Int, calls: Int, _ call: @escaping @Sendable (Int) async throws -> Void) async throws -> Result {
    _ = try await round(inFlight: inFlight, calls: max(inFlight, calls / 10), call)
    let clock = ContinuousClock()
    let started = clock.now
    let latencies = try await round(inFlight: inFlight, calls: calls, call)
    return Result(seconds: (clock.now - started) / .seconds(1), latencies: latencies)
  }

  /// The latency of each call.
  func round(inFlight: Int, calls: Int, _ call: @escaping @Sendable (Int) async throws -> Void) async throws -> [Duration] {
    let loop = client.loop
    return try await withThrowingTaskGroup(of: [Duration].self) { group in
      for worker in 0..<inFlight {
        group.addTask(executorPreference: loop) {
          var latencies: [Duration] = []
          latencies.reserveCapacity(calls / inFlight)
          let clock = ContinuousClock()
          var next = worker
          for _ in 0..<(calls / inFlight) {
            next &+= Sizes.stride
            let started = clock.now
            try await call(next)
            latencies.append(clock.now - started)
          }
          return latencies
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  struct Result {
    var seconds: Double
    var latencies: [Duration]

    func print() {
      let sorted = latencies.sorted()
      let p50 = sorted[sorted.count / 2] / .microseconds(1)
      let p99 = sorted[sorted.count * 99 / 100] / .microseconds(1)
      Swift.print(#"{"calls": \#(sorted.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99)}"#)
    }
  }
}
