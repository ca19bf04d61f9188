// From reports to swift-metrics: read when somebody scrapes or samples, so that no call pays for it. Any backend will do.
//
// Reports have totals, counters take differences; and links end while the totals of their peer must not fall. So each total is
// remembered by whoever counts it: a link, a loop, a process.

import Metrics
import Troupe

struct TransportMetrics {
  /// More series are left out, and counted.
  static let seriesLimit = 10_000
  /// Peers of one process with series of their own; the others share one.
  static let peersAProcess = 256
  /// A process that is silent for longer than this is forgotten with all its series.
  static let memory: Duration = .seconds(600)

  private struct Series: Hashable {
    let metric: TransportMetric
    let labels: [String]
  }

  /// Whoever counts something: a life of a process, and in it perhaps a loop and a link.
  private struct Source: Hashable {
    let metric: TransportMetric
    let part: String
  }

  private struct Process {
    var seenAt: ContinuousClock.Instant
    var incarnation: UInt64
    var peers: Set<String> = []
    var gauges: [Series: Gauge] = [:]
    var counters: [Series: Counter] = [:]
    var totals: [Source: UInt64] = [:]
  }

  private let factory: any MetricsFactory
  private var processes: [String: Process] = [:]
  private let leftOutGauge: Gauge
  private var leftOut = 0
  private var seriesCount: Int { processes.values.reduce(0) { $0 + $1.gauges.count + $1.counters.count } }

  init(_ factory: any MetricsFactory) {
    self.factory = factory
    leftOutGauge = Gauge(label: TransportMetric.seriesLeftOut.rawValue, factory: factory)
  }

  mutating func record(_ status: TransportStatus, at now: ContinuousClock.Instant) {
    leftOut = 0
    var room = Self.seriesLimit - seriesCount
    for report in status.processes { record(report, at: now, &room) }
    for silent in status.silent { record(silent, at: now, &room) }
    let known = Set(status.processes.map(Self.key) + status.silent.map { "node \($0.name)" })
    for key in processes.keys.filter({ !known.contains($0) }) {
      forgetGauges(of: key, but: [])
      if now - processes[key]!.seenAt > Self.memory { forget(key) }
    }
    leftOutGauge.record(leftOut)
  }

  private static func key(_ report: TransportReport) -> String { "\(report.role) \(report.name)" }

  private mutating func record(_ report: TransportReport, at now: ContinuousClock.Instant, _ room: inout Int) {
    let key = Self.key(report)
    var process = processes[key] ?? Process(seenAt: now, incarnation: report.incarnation)
    process.seenAt = now
    // A new life counts from nothing.
    if process.incarnation != report.incarnation { process.totals = [:] }
    process.incarnation = report.incarnation
    var sheet = MetricSheet(report, peers: process.peers, limit: Self.peersAProcess)
    sheet.fill(from: report)
    process.peers = sheet.peers
    processes[key] = process
    write(sheet, to: key, &room)
  }

  private mutating func record(_ silent: TransportStatus.Silent, at now: ContinuousClock.Instant, _ room: inout Int) {
    let key = "node \(silent.name)"
    var process = processes[key] ?? Process(seenAt: now, incarnation: 0)
    process.seenAt = now
    processes[key] = process
    var sheet = MetricSheet(name: silent.name, role: "node")
    sheet.gauge(.processAnswers, [], 0)
    // Its totals stay: they are those of the same life when it answers again.
    write(sheet, to: key, &room, forgetsTotals: false)
  }

  private mutating func write(_ sheet: MetricSheet, to key: String, _ room: inout Int, forgetsTotals: Bool = true) {
    var process = processes[key]!
    var shown: Set<Series> = []
    for (figure, value) in sheet.gauges {
      let series = Series(metric: figure.metric, labels: figure.labels)
      shown.insert(series)
      guard let gauge = process.gauges[series] ?? make(&room, { Gauge(label: $0, dimensions: $1, factory: $2) }, series) else { continue }
      process.gauges[series] = gauge
      gauge.record(value)
    }
    var totals: [Source: UInt64] = forgetsTotals ? [:] : process.totals
    for count in sheet.counts {
      let series = Series(metric: count.figure.metric, labels: count.figure.labels)
      let source = Source(metric: count.figure.metric, part: count.part)
      guard let counter = process.counters[series] ?? make(&room, { Counter(label: $0, dimensions: $1, factory: $2) }, series) else {
        continue
      }
      process.counters[series] = counter
      let before = process.totals[source] ?? 0
      counter.increment(by: count.total >= before ? count.total - before : count.total)
      totals[source] = count.total
    }
    process.totals = totals
    processes[key] = process
    forgetGauges(of: key, but: shown)
  }

  private mutating func make<Metric>(
    _ room: inout Int, _ make: (String, [(String, String)], any MetricsFactory) -> Metric, _ series: Series
  ) -> Metric? {
    guard room > 0 else {
      leftOut += 1
      return nil
    }
    room -= 1
    return make(series.metric.rawValue, Array(zip(series.metric.labels, series.labels)), factory)
  }

  /// What is not so any more must not go on being shown.
  private mutating func forgetGauges(of key: String, but shown: Set<Series>) {
    for (series, gauge) in processes[key]?.gauges ?? [:] where !shown.contains(series) {
      gauge.destroy()
      processes[key]!.gauges[series] = nil
    }
  }

  private mutating func forget(_ key: String) {
    for counter in processes.removeValue(forKey: key)?.counters.values ?? [:].values { counter.destroy() }
  }
}
