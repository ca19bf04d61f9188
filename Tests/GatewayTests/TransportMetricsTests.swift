// Reports as metrics: the same figures for any backend of swift-metrics, counters that never fall, and bounds.

import Foundation
import Hummingbird
import HummingbirdTesting
import Metrics
import MetricsTestKit
import Testing

@testable import Gateway
@testable import Troupe
@testable import TroupeTransport

@Suite("Metrics of links") struct TransportMetricsTests {
  private let start = ContinuousClock.now
  private static let gateway = [("process", "gateway"), ("role", "gateway")]
  private static func link(_ peer: String) -> [(String, String)] { gateway + [("peer", peer), ("direction", "out")] }

  private static func only(_ report: TransportReport) -> TransportStatus { TransportStatus(processes: [report]) }

  @Test("another backend gets the same figures")
  func anyBackend() throws {
    let backend = TestMetrics()
    var metrics = TransportMetrics(backend)
    metrics.record(.troubled, at: start)
    func gauge(_ metric: TransportMetric, _ labels: [(String, String)]) throws -> Double? {
      try backend.expectGauge(metric.rawValue, labels).lastValue
    }
    #expect(try gauge(.breakerState, Self.gateway + [("peer", "n2"), ("kind", "*")]) == 2)
    #expect(try gauge(.breakerState, Self.gateway + [("peer", "n1"), ("kind", "order")]) == 1)
    #expect(try gauge(.breakerState, Self.gateway + [("peer", "n1"), ("kind", "cart")]) == 0)
    #expect(try gauge(.budgetLeft, Self.gateway + [("kind", "cart")]) == 0)
    #expect(try gauge(.linkCalls, Self.link("n2")) == 3)
    #expect(try gauge(.links, Self.link("n2") + [("state", "connecting")]) == 1)
    #expect(try gauge(.linkRoundTrip, Self.link("n1")) == 0.000312)
    #expect(try gauge(.processAnswers, [("process", "n3"), ("role", "node")]) == 0)
    #expect(try gauge(.loopDelay, [("process", "n2"), ("role", "node"), ("loop", "0")]) == 0.09)
    #expect(backend.counterTotal(label: "troupe_link_received_bytes_total", dimensions: Self.link("n1")) == 4_000)
    #expect(backend.counterTotal(label: "troupe_call_breaker_refusals_total", dimensions: Self.gateway) == 12)
  }

  @Test("control links are counted among the links, and apart")
  func controlLinks() throws {
    let backend = TestMetrics()
    var metrics = TransportMetrics(backend)
    var control = LinkReport.madeUp("n1", number: 2)
    control.isControl = true
    metrics.record(Self.only(.madeUp("gateway", role: "gateway", links: [.madeUp("n1"), control, .madeUp("n1", number: 3)])), at: start)
    let labels = Self.link("n1") + [("state", "open")]
    #expect(try backend.expectGauge(TransportMetric.links.rawValue, labels).lastValue == 3)
    #expect(try backend.expectGauge(TransportMetric.controlLinks.rawValue, labels).lastValue == 1)
  }

  @Test("counters take differences: links that end, links that come, processes that start again")
  func differences() {
    let backend = TestMetrics()
    var metrics = TransportMetrics(backend)
    func bytes() -> Int64 { backend.counterTotal(label: TransportMetric.linkBytesIn.rawValue, dimensions: Self.link("n1")) }
    func look(_ second: Int, life: UInt64 = 1, _ links: [LinkReport]) {
      metrics.record(Self.only(.madeUp("gateway", role: "gateway", life: life, links: links)), at: start + .seconds(second))
    }
    look(0, [.madeUp("n1", number: 1, bytes: 100)])
    #expect(bytes() == 100)
    look(1, [.madeUp("n1", number: 1, bytes: 150), .madeUp("n1", number: 2, bytes: 7)])
    #expect(bytes() == 157)
    look(2, [.madeUp("n1", number: 2, bytes: 10)])
    #expect(bytes() == 160, "what an ended link has carried stays")
    look(3, [])
    look(4, [.madeUp("n1", number: 3, bytes: 1)])
    #expect(bytes() == 161)
    look(5, life: 2, [.madeUp("n1", number: 1, bytes: 40)])
    #expect(bytes() == 201, "a new life counts from nothing")
    let sent = backend.counterTotal(label: TransportMetric.callsSent.rawValue, dimensions: Self.gateway)
    #expect(sent == 2_000)
  }

  @Test("a node that is silent for a while is not counted twice, and what it last showed is not shown")
  func silence() {
    let registry = PrometheusRegistry()
    var metrics = TransportMetrics(registry)
    let node = TransportReport.madeUp("n1", links: [.madeUp("n2", bytes: 100)])
    func page() -> String {
      var page = PrometheusText()
      registry.write(to: &page)
      return page.text
    }
    let bytes = #"troupe_link_received_bytes_total{process="n1",role="node",peer="n2",direction="out"} 100"#
    let calls = #"troupe_link_calls_in_flight{process="n1""#
    metrics.record(Self.only(node), at: start)
    #expect(page().contains(bytes) && page().contains(calls) && page().contains(#"troupe_process_answers{process="n1",role="node"} 1"#))
    metrics.record(TransportStatus(silent: [.init(name: "n1", reason: "n1 cannot be reached")]), at: start + .seconds(60))
    #expect(page().contains(bytes) && !page().contains(calls) && page().contains(#"troupe_process_answers{process="n1",role="node"} 0"#))
    metrics.record(Self.only(node), at: start + .seconds(120))
    #expect(page().contains(bytes) && page().contains(calls))
    metrics.record(TransportStatus(), at: start + .seconds(130))
    #expect(page().contains(bytes) && !page().contains(calls) && !page().contains("troupe_process_answers{process=\"n1\""))
    metrics.record(TransportStatus(), at: start + .seconds(800))
    #expect(!page().contains("n1"), "who left is forgotten")
  }

  @Test("labels are bounded, whatever a process reports")
  func bounds() {
    let registry = PrometheusRegistry()
    var metrics = TransportMetrics(registry)
    let names = (0..<1_000).map { LinkReport.madeUp("peer-\($0)", number: UInt64($0)) }
    metrics.record(Self.only(.madeUp("n1", links: names)), at: start)
    var page = PrometheusText()
    registry.write(to: &page)
    let peers = Set(page.text.matches(of: /peer="([^"]+)"/).map { String($0.1) })
    #expect(peers.count == TransportMetrics.peersAProcess + 1 && peers.contains("others"))
    #expect(page.text.contains(#"troupe_link_sent_bytes_total{process="n1",role="node",peer="others",direction="out"} 5952000"#))
    let many = (0..<200).map { node in TransportReport.madeUp("n\(node)", links: names.prefix(20).map { $0 }) }
    metrics.record(TransportStatus(processes: many), at: start + .seconds(1))
    var full = PrometheusText()
    registry.write(to: &full)
    #expect(full.text.split(separator: "\n").count { !$0.hasPrefix("#") } <= TransportMetrics.seriesLimit + 2)
    #expect(full.text.contains(/troupe_series_left_out [1-9][0-9]+/))
  }

  @Test("docs/metrics.md has every metric, with sort, labels and meaning")
  func documented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
    for metric in TransportMetric.allCases {
      let row = "| `\(metric.rawValue)` | \(metric.sort.rawValue) | \(metric.labels.joined(separator: ", ")) | \(metric.help) |"
      #expect(text.contains(row), "\(row)")
    }
    let documented = Set(text.matches(of: /`((troupe|gateway|cluster|metrics)_[a-z_]+)` \|/).map { String($0.1) })
    let ours = TransportMetric.allCases.map(\.rawValue) + WorkMetric.allCases.map(\.rawValue)
    #expect(documented.filter { $0.hasPrefix("troupe_") } == Set(ours))
  }

  @Test("/metrics shows them beside the gateway's own, and all of them are documented")
  func page() async throws {
    let test = TestGateway()
    test.cluster.set(\.transport, .troubled)
    try await test.open { client in
      _ = try await client.get("/carts/a")
      let text = try await client.get("/metrics").text
      #expect(text.contains(#"troupe_breaker_state{process="gateway",role="gateway",peer="n2",kind="*"} 2"#))
      #expect(text.contains(#"troupe_calls_sent_total{process="n1",role="node"} 1000"#))
      #expect(text.contains("gateway_requests_in_flight 1") && text.contains("cluster_epoch 7"))
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      let docs = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
      for name in Set(text.matches(of: /(?m)^.\ TYPE\ ([a-z_]+)/).map({ String($0.1) })) {
        #expect(docs.contains("| `\(name)` |"), "docs/metrics.md does not have \(name)")
      }
    }
  }

  @Test("however many ask, the nodes are asked once a second")
  func pace() async throws {
    let test = TestGateway()
    let start = ContinuousClock.now
    try await test.open { client in
      for _ in 0..<20 { try await client.get("/metrics") }
    }
    // On a busy machine twenty questions take longer than a second: so many looks are fresh ones, and the first, and the gateway's own.
    let looks = Int((ContinuousClock.now - start) / .milliseconds(900)) + 2
    let reads = test.cluster.state.withLock { $0.transportReads }
    #expect(reads <= looks)
  }

  @Test("a cluster that does not answer leaves the gateway's own metrics")
  func trouble() async throws {
    let test = TestGateway()
    test.cluster.set(\.error, CallError(.unavailable, "no route"))
    try await test.open { client in
      let answer = try await client.get("/metrics")
      #expect(answer.status == .ok && answer.text.contains("cluster_reachable 0") && answer.text.contains("gateway_live_streams 0"))
    }
  }
}

@Suite("The registry of metrics") struct PrometheusRegistryTests {
  private func text(_ registry: PrometheusRegistry) -> String {
    var page = PrometheusText()
    registry.write(to: &page)
    return page.text
  }

  @Test("counters, gauges and sums of any library")
  func sorts() {
    let registry = PrometheusRegistry()
    let counter = Counter(label: "mugs.sold", dimensions: [("shelf-no", "a\"b\n")], factory: registry)
    counter.increment(by: 3)
    Counter(label: "mugs.sold", dimensions: [("shelf-no", "a\"b\n")], factory: registry).increment()
    FloatingPointCounter(label: "litres", factory: registry).increment(by: 1.5)
    let gauge = Gauge(label: "depth", factory: registry)
    gauge.record(5)
    gauge.record(2)
    Meter(label: "level", factory: registry).set(7)
    let sizes = Recorder(label: "sizes", factory: registry)
    sizes.record(10)
    sizes.record(20)
    Timer(label: "brewing", factory: registry).recordMilliseconds(1_500)
    let page = text(registry)
    for line in [
      #"mugs_sold{shelf_no="a\"b\n"} 4"#, "litres 1.5", "depth 2", "level 7", "sizes_sum 30", "sizes_count 2", "brewing_sum 1.5",
      "# TYPE mugs_sold counter", "# TYPE sizes summary", "# TYPE depth gauge",
    ] { #expect(page.contains(line), "\(line) is not in\n\(page)") }
    counter.destroy()
    #expect(!text(registry).contains("mugs_sold"))
  }

  @Test("a name keeps its sort, and too many series are refused")
  func limits() {
    let registry = PrometheusRegistry()
    Counter(label: "one", factory: registry).increment()
    Gauge(label: "one", factory: registry).record(50)
    #expect(text(registry).contains("\none 1\n"))
    for number in 0..<PrometheusRegistry.seriesLimit {
      Counter(label: "many", dimensions: [("n", "\(number)")], factory: registry).increment()
    }
    #expect(text(registry).contains("metrics_series_refused 1"))
  }
}
