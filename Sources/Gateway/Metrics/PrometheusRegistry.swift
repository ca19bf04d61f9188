// A backend of swift-metrics of our own: it keeps the newest value of each series and writes them as Prometheus reads them.

import Metrics
import Synchronization

/// Counters, gauges and sums, by name and labels. More than `seriesLimit` of them are not kept: whoever makes one too many gets a
/// handler that forgets, and `metrics_series_refused` says how often that was.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// Counter(label: "mugs_sold_total", dimensions: [("colour", "blue")], factory: registry).increment()
/// ```
public final class PrometheusRegistry: MetricsFactory {
  public static let seriesLimit = 20_000

  enum Sort: String { case counter, gauge, summary }

  struct Series: Hashable {
    let name: String
    let labels: [String]
    let values: [String]
  }

  private struct State {
    var sorts: [String: Sort] = [:]
    var helps: [String: String] = [:]
    var series: [Series: PrometheusSeries] = [:]
    var refused = 0
  }

  private let state = Mutex(State())

  public init() {
    state.withLock { state in for metric in TransportMetric.allCases { state.helps[metric.rawValue] = metric.help } }
  }

  // MARK: Making

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { make(label, dimensions, .counter) }
  public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    make(label, dimensions, .counter)
  }
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { make(label, dimensions, .gauge) }
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    make(label, dimensions, aggregate ? .summary : .gauge)
  }
  /// In seconds.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { make(label, dimensions, .summary) }

  public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
  public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
  public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
  public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

  private func make(_ label: String, _ dimensions: [(String, String)], _ sort: Sort) -> PrometheusSeries {
    let name = Self.plain(label)
    let series = Series(name: name, labels: dimensions.map { Self.plain($0.0) }, values: dimensions.map(\.1))
    return state.withLock { state in
      // One name has one sort; whoever means another by it is not heard.
      guard state.sorts[name] ?? sort == sort else { return PrometheusSeries(series, sort) }
      if let known = state.series[series] { return known }
      guard state.series.count < Self.seriesLimit else {
        state.refused += 1
        return PrometheusSeries(series, sort)
      }
      let made = PrometheusSeries(series, sort)
      state.sorts[name] = sort
      state.series[series] = made
      return made
    }
  }

  private func forget(_ handler: AnyObject) {
    guard let handler = handler as? PrometheusSeries else { return }
    state.withLock { state in if state.series[handler.series] === handler { state.series[handler.series] = nil } }
  }

  /// What Prometheus allows in a name.
  private static func plain(_ name: String) -> String {
    let text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    return text.first?.isNumber ?? true ? "_\(text)" : text
  }

  // MARK: Showing

  func write(to page: inout PrometheusText) {
    let (all, sorts, helps, refused) = state.withLock { ($0.series, $0.sorts, $0.helps, $0.refused) }
    let families = Dictionary(grouping: all.values, by: \.series.name)
    for (name, members) in families.sorted(by: { $0.key < $1.key }) {
      let sort = sorts[name] ?? .gauge
      page.header(name, sort.rawValue, helps[name] ?? "As the library that counts it says.")
      for member in members.sorted(by: { $0.series.values.lexicographicallyPrecedes($1.series.values) }) {
        let labels = zip(member.series.labels, member.series.values).map { (name: $0, value: $1) }
        let (value, count) = member.reading
        if sort == .summary {
          page.line("\(name)_sum", labels, value)
          page.line("\(name)_count", labels, Double(count))
        } else {
          page.line(name, labels, value)
        }
      }
    }
    page.family("metrics_series_refused", "gauge", "Series that were not kept because there are too many.", [([], Double(refused))])
  }
}

/// One series: its value, and for sums how many values went in.
final class PrometheusSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
  let series: PrometheusRegistry.Series
  private let sort: PrometheusRegistry.Sort
  private let state = Mutex((value: 0.0, count: 0))

  init(_ series: PrometheusRegistry.Series, _ sort: PrometheusRegistry.Sort) {
    self.series = series
    self.sort = sort
  }

  var reading: (value: Double, count: Int) { state.withLock { $0 } }

  func increment(by amount: Int64) { add(Double(amount)) }
  func increment(by amount: Double) { add(amount) }
  func decrement(by amount: Double) { add(-amount) }
  func set(_ value: Int64) { state.withLock { $0.value = Double(value) } }
  func set(_ value: Double) { state.withLock { $0.value = value } }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { if sort == .summary { add(value) } else { set(value) } }
  func reset() { state.withLock { $0 = (0, 0) } }
  func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1_000_000_000) }

  private func add(_ amount: Double) {
    state.withLock {
      $0.value += amount
      $0.count += 1
    }
  }
}
