// Counters in the text format of Prometheus (version 0.0.4).

struct PrometheusText {
  private(set) var text = ""

  typealias Labels = [(name: String, value: String)]

  /// One family: its help, its type, its samples.
  mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: Labels, value: Double)]) {
    header(name, type, help)
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  mutating func header(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func line(_ name: String, _ labels: Labels, _ value: Double) {
    let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += "\(name)\(list.isEmpty ? "" : "{\(list)}") \(Self.number(value))\n"
  }

  static func number(_ value: Double) -> String {
    let whole = 1e15
    return value.rounded() == value && value.magnitude < whole ? String(Int64(value)) : "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension GatewayMetrics.Counts {
  /// The gateway's own families.
  func write(to page: inout PrometheusText) {
    let sorted = requests.sorted { ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status) }
    page.family(
      "gateway_requests_total", "counter", "Answered requests.",
      sorted.map { (labels(of: $0.key, withStatus: true), Double($0.value.total)) })

    page.header("gateway_request_duration_seconds", "histogram", "From a request's head to the head of its answer.")
    for (series, times) in byRoute {
      let labels = labels(of: series, withStatus: false)
      var sum: UInt64 = 0
      for (index, count) in times.counts.enumerated() {
        sum += count
        let end = index < GatewayMetrics.buckets.count ? PrometheusText.number(GatewayMetrics.buckets[index]) : "+Inf"
        page.line("gateway_request_duration_seconds_bucket", labels + [("le", end)], Double(sum))
      }
      page.line("gateway_request_duration_seconds_sum", labels, times.seconds)
      page.line("gateway_request_duration_seconds_count", labels, Double(times.total))
    }
    page.family("gateway_requests_in_flight", "gauge", "Requests without an answer yet.", [([], Double(inFlight))])
    page.family("gateway_live_streams", "gauge", "Open streams of the live page.", [([], Double(liveStreams))])
    page.family(
      "gateway_refused_total", "counter", "Connections refused before there was a request.",
      refused.sorted { $0.key.rawValue < $1.key.rawValue }.map { ([("problem", $0.key.rawValue)], Double($0.value)) })
  }

  private func labels(of series: GatewayMetrics.Series, withStatus: Bool) -> PrometheusText.Labels {
    [("route", series.route), ("method", series.method)] + (withStatus ? [("status", String(series.status))] : [])
  }

  /// Times without the status, which would make a dozen buckets each.
  private var byRoute: [(GatewayMetrics.Series, GatewayMetrics.Times)] {
    var merged: [GatewayMetrics.Series: GatewayMetrics.Times] = [:]
    for (series, times) in requests {
      let key = GatewayMetrics.Series(method: series.method, route: series.route, status: 0)
      var sum = merged[key] ?? .init()
      for index in times.counts.indices { sum.counts[index] += times.counts[index] }
      sum.seconds += times.seconds
      merged[key] = sum
    }
    return merged.sorted { ($0.key.route, $0.key.method) < ($1.key.route, $1.key.method) }
  }
}
