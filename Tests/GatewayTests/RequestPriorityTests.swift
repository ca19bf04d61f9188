// Requests that have time, by the words of RFC 9218.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Troupe

@testable import Gateway

@Suite("Priorities of requests") struct RequestPriorityTests {
  @Test("urgency 7 is background work, and whatever cannot be read is as if nobody had said it")
  func urgency() {
    func isBackground(_ said: String?) -> Bool {
      var headers: HTTPFields = [:]
      headers[.priority] = said
      return headers.isBackground
    }
    for said in ["u=7", "u=7, i", "i, u=7", "u=7;x=1", "u=1, u=7", " u=7 "] { #expect(isBackground(said), "\(said)") }
    for said in [nil, "", "u=6", "u=77", "u=-7", "u", "7", "i", "u=7, u=3", "xu=7"] { #expect(!isBackground(said), "\(said ?? "")") }
  }

  @Test("what a background request calls is bulk")
  func calls() async throws {
    let test = TestGateway()
    try await test.open { client in
      for priority in [nil, "u=7"] {
        var headers: HTTPFields = [:]
        headers[.priority] = priority
        let answer = try await client.post("/carts/alice/lines", #"{"sku":"mug"}"#, headers)
        #expect(answer.status == .ok)
      }
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.isBulk) } == [false, true])
  }
}
