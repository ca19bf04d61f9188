// The client: so many calls in flight, so many calls in all, spread over ten thousand ids; prints one line of JSON.
import GRPCCore
import GRPCNIOTransportHTTP2Posix

struct Load {
  static let entities = 10_000
  static let payload = [UInt8](repeating: 7, count: 100)

  let inFlight: Int
  let calls: Int

  func run<Transport: ClientTransport>(_ client: GRPCClient<Transport>) async throws {
    try await round(client, calls: max(inFlight, calls / 10))  // connection and code warm
    let clock = ContinuousClock()
    let started = clock.now
    let latencies = try await round(client, calls: calls).sorted()
    let seconds = (clock.now - started) / .seconds(1)
    let p50 = latencies[latencies.count / 2] / .microseconds(1)
    let p99 = latencies[latencies.count * 99 / 100] / .microseconds(1)
    print(#"{"calls": \#(latencies.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99)}"#)
  }

  @discardableResult
  private func round<Transport: ClientTransport>(_ client: GRPCClient<Transport>, calls: Int) async throws -> [Duration] {
    try await withThrowingTaskGroup(of: [Duration].self) { group in
      for worker in 0..<inFlight {
        group.addTask {
          var latencies: [Duration] = []
          let clock = ContinuousClock()
          var next = worker
          for _ in 0..<(calls / inFlight) {
            next &+= 7919
            let started = clock.now
            try await add(client, entity: next % Load.entities)
            latencies.append(clock.now - started)
          }
          return latencies
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private func add<Transport: ClientTransport>(_ client: GRPCClient<Transport>, entity: Int) async throws {
    let id = Array("entity-\(100_000 + entity)-abcdef".utf8)
    let answer = try await client.unary(
      request: ClientRequest(message: [UInt8(id.count)] + id + Load.payload), descriptor: Counter.add,
      serializer: Bytes(), deserializer: Bytes(), options: .defaults
    ) { try $0.message }
    precondition(answer.count == 8, "an answer of \(answer.count) bytes")
  }
}
