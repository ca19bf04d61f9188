// What a load balancer and a metrics collector ask.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import Troupe

@testable import Gateway

@Suite("Health and metrics") struct HealthTests {
  @Test("alive always, ready only with a cluster that serves")
  func probes() async throws {
    let test = TestGateway()
    try await test.open { client in
      let ready = try await client.get("/health/ready")
      #expect(ready.text == #"{"status":"ready","nodes":3}"#)
      #expect(try await client.get("/health/live").status == .ok)
    }
    test.cluster.set(\.error, CallError(.unavailable, "no route"))
    try await test.open { client in
      #expect(try await client.get("/health/live").status == .ok)
      expectProblem(try await client.get("/health/ready"), .unavailable, "The cluster does not answer: no route.")
    }
  }

  @Test("a cluster with a shard that nobody owns is not ready")
  func unowned() async throws {
    let test = TestGateway()
    test.cluster.state.withLock { $0.picture.owners[17] = nil }
    try await test.open { expectProblem(try await $0.get("/health/ready"), .unavailable, "1 shard has no owner.") }
  }

  @Test("requests are counted by route, never by address")
  func counters() async throws {
    try await TestGateway().open { client in
      for name in ["a", "b", "c"] { try await client.get("/carts/\(name)") }
      try await client.get("/nowhere/\(Int.random(in: 0...9))")
      try await client.post("/carts/a/lines", "{")
      let text = try await client.get("/metrics").text
      #expect(text.contains(#"gateway_requests_total{route="/carts/{id}",method="GET",status="200"} 3"#))
      #expect(text.contains(#"gateway_requests_total{route="NotFound",method="GET",status="404"} 1"#))
      #expect(text.contains(#"gateway_requests_total{route="/carts/{id}/lines",method="POST",status="400"} 1"#))
      #expect(text.contains(#"gateway_request_duration_seconds_bucket{route="/carts/{id}",method="GET",le="+Inf"} 3"#))
      #expect(text.contains(#"gateway_request_duration_seconds_count{route="/carts/{id}",method="GET"} 3"#))
      #expect(text.contains("gateway_requests_in_flight 1"))
      #expect(text.contains(#"cluster_node_shards{node="n1",zone="zone-1"} "#))
      #expect(text.contains("cluster_epoch 7"))
    }
  }

  @Test("the text is what Prometheus reads")
  func grammar() async throws {
    try await TestGateway().open { client in
      let response = try await client.get("/metrics")
      #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
      let line = /^(#\ (HELP|TYPE)\ [a-z_]+\ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})?\ [-+0-9.e]+)$/
      for text in response.text.split(separator: "\n") { #expect(text.wholeMatch(of: line) != nil, "\(text)") }
    }
  }

  @Test("each kind of problem has a page that says what to do", arguments: ProblemKind.allCases)
  func problemPages(_ kind: ProblemKind) async throws {
    try await TestGateway().open { client in
      let page = try await client.get("/problems/\(kind.rawValue)")
      #expect(page.status == .ok)
      #expect(page.text.contains(kind.title))
      #expect(kind.cure.hasSuffix(".") || kind.cure.hasSuffix("'."))
    }
  }

  @Test("the status document holds what the page shows")
  func status() async throws {
    try await TestGateway().open { client in
      let response = try await client.get("/status.json")
      #expect(response["cluster"] == "dev")
      #expect(response["ready"] == true)
      #expect(response["shards"] == 1024)
      guard case .array(let nodes)? = response["nodes"] else {
        Issue.record("no nodes")
        return
      }
      #expect(nodes.count == 3)
    }
  }
}
