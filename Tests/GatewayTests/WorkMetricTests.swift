// Consumers and sagas as Prometheus reads them, and the document that says what each figure means.

import Foundation
import Testing

@testable import Gateway
@testable import Troupe

@Suite("Metrics of consumers and sagas") struct WorkMetricTests {
  @Test("each node's share is a series, and what waits is counted once")
  func text() async throws {
    let test = TestGateway()
    var waiting = ConsumerReport.madeUp("webhook", lag: 12, retrying: 1, trouble: "no")
    let oldest = WorkPicture.now - 90_000
    waiting.oldest = oldest
    test.work.set(
      \.consumers, ConsumerStatus(shares: [.init(node: "n1", groups: [waiting]), .init(node: "n2", groups: [.madeUp("webhook")])]))
    test.work.set(\.letters, ["webhook": [.madeUp(1), .madeUp(2)]])
    test.work.set(
      \.sagas,
      SagaStatus(sagas: [
        .madeUp("checkout/1"), .madeUp("checkout/2", isStuck: true, failures: 5), .madeUp("refund/1"), .madeUp("checkout/3"),
      ]))
    let page = try await test.admin { try await $0.get("/metrics").text }
    let labels = #"{group="webhook",topic="cart.events",node="n1"}"#
    for line in [
      "troupe_consumer_lag_records\(labels) 12", "troupe_consumer_delivered_total\(labels) 1204",
      "troupe_consumer_failures_total\(labels) 3",
      "troupe_consumer_dead_letters_total\(labels) 1", "troupe_consumer_retrying_shards\(labels) 1",
      "troupe_consumer_cut_off_shards\(labels) 0", #"troupe_consumer_lag_records{group="webhook",topic="cart.events",node="n2"} 0"#,
      #"troupe_consumer_lag_seconds{group="webhook",topic="cart.events",node="n2"} 0"#, #"troupe_dead_letters{group="webhook"} 2"#,
      #"troupe_sagas{flow="checkout",state="running"} 2"#, #"troupe_sagas{flow="checkout",state="stuck"} 1"#,
      #"troupe_sagas{flow="refund",state="stuck"} 0"#, "# TYPE troupe_consumer_failures_total counter",
    ] {
      #expect(page.contains(line + "\n"), "\(line)")
    }
    let now = WorkPicture.now
    let seconds = try #require(page.firstMatch(of: /troupe_consumer_lag_seconds\{[^}]*n1"\} ([0-9.]+)/)?.output.1)
    // However long this test had to wait for its turn.
    #expect(Double(seconds).map { (90...Double(now - oldest) / 1_000 + 0.001).contains($0) } == true, "\(seconds)")
  }

  @Test("docs/metrics.md has each of them with its labels and meaning")
  func document() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let text = try String(contentsOf: root.appending(path: "docs/metrics.md"), encoding: .utf8)
    for metric in WorkMetric.allCases {
      let line = "| `\(metric.rawValue)` | \(metric.sort) | \(metric.labels.joined(separator: ", ")) | \(metric.help) |"
      #expect(text.contains(line), "\(line)")
    }
  }
}
