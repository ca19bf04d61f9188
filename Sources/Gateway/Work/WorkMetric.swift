// Every figure of consumers and sagas that leaves as a metric, with its meaning, and how it is written. docs/metrics.md has the same table;
// a test holds one against the other.

import Troupe

enum WorkMetric: String, CaseIterable {
  case lag = "troupe_consumer_lag_records"
  case oldest = "troupe_consumer_lag_seconds"
  case delivered = "troupe_consumer_delivered_total"
  case failures = "troupe_consumer_failures_total"
  case buried = "troupe_consumer_dead_letters_total"
  case retrying = "troupe_consumer_retrying_shards"
  case cutOff = "troupe_consumer_cut_off_shards"
  case letters = "troupe_dead_letters"
  case sagas = "troupe_sagas"

  var sort: String { rawValue.hasSuffix("_total") ? "counter" : "gauge" }

  var labels: [String] {
    switch self {
    case .letters: ["group"]
    case .sagas: ["flow", "state"]
    default: ["group", "topic", "node"]
    }
  }

  var help: String {
    switch self {
    case .lag: "Records that the group has not taken yet, of all kinds."
    case .oldest: "How long the oldest record has waited that the group has read and not taken, seconds; 0 when none waits."
    case .delivered: "Records that the group has taken."
    case .failures: "Tries that failed; each but the last is made again."
    case .buried: "Records that were given up and became dead letters."
    case .retrying: "Shards in which something failed and is tried again."
    case .cutOff: "Shards in which the group wants records that are gone: it must begin anew."
    case .letters: "Dead letters that wait for somebody."
    case .sagas: "Sagas under way: state=\"stuck\" are those that need a person, the others are \"running\"."
    }
  }
}

extension WorkPicture {
  /// Without nodes that are silent: their counters stand still.
  func write(to page: inout PrometheusText) {
    for metric in WorkMetric.allCases {
      page.family(
        metric.rawValue, metric.sort, metric.help,
        samples(of: metric).map { labels, value in
          (zip(metric.labels, labels).map { (name: $0, value: $1) }, value)
        })
    }
  }

  private func samples(of metric: WorkMetric) -> [(labels: [String], value: Double)] {
    switch metric {
    case .letters: letters.sorted { $0.key < $1.key }.map { ([$0.key], Double($0.value)) }
    case .sagas: sagaCounts
    default:
      consumers.shares.flatMap { share in
        share.groups.map { ([$0.group, $0.topic, share.node], value(metric, of: $0)) }
      }
    }
  }

  private func value(_ metric: WorkMetric, of report: ConsumerReport) -> Double {
    switch metric {
    case .lag: Double(report.lag)
    case .oldest: (oldest(report) ?? .zero) / .seconds(1)
    case .delivered: Double(report.delivered)
    case .failures: Double(report.failures)
    case .buried: Double(report.deadLetters)
    case .retrying: Double(report.retrying)
    case .cutOff: Double(report.cutOff)
    case .letters, .sagas: 0
    }
  }

  private var sagaCounts: [(labels: [String], value: Double)] {
    let flows = Dictionary(grouping: sagas.sagas) { String($0.id.prefix { $0 != "/" }) }
    return flows.sorted { $0.key < $1.key }.flatMap { flow, sagas in
      let stuck = sagas.count(where: \.isStuck)
      return [([flow, "running"], Double(sagas.count - stuck)), ([flow, "stuck"], Double(stuck))]
    }
  }
}
