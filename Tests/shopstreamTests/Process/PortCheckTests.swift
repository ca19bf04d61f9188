// Ports that are taken are found before anything starts.

import Testing

@testable import ShopstreamCommand

struct PortCheckTests {
  @Test func `free runs do not overlap and are free`() throws {
    let lengths = [1, 1, 4, 4, 4]
    let firsts = try PortCheck.freeRuns(of: lengths, host: "127.0.0.1")
    let all = zip(firsts, lengths).flatMap { first, length in first..<first + length }
    #expect(firsts.count == lengths.count && Set(all).count == all.count)
  }

  @Test func `a port that is free passes, one that is taken is refused`() throws {
    let taken = try Listening()
    let free = try PortCheck.freeRuns(of: [1], host: "127.0.0.1")[0]
    try PortCheck.requireFree(free, host: "127.0.0.1", for: "test", option: "--port")
    #expect(throws: Refusal.self) { try PortCheck.requireFree(taken.port, host: "127.0.0.1", for: "test", option: "--port") }
  }

  @Test func `an address that is not ours is refused`() {
    #expect(throws: Refusal.self) { try PortCheck.requireFree(0, host: "203.0.113.1", for: "test", option: "--port") }
  }
}
