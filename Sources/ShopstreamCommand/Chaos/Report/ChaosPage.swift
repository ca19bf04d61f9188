// report.html: one page with everything in it, for light and dark. No script, nothing from elsewhere.

struct ChaosPage {
  let report: ChaosReport

  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(text("Chaos: \(report.scenario): \(report.verdict)"))</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <h1>\(text(report.scenario)) <span class="\(report.isKept ? "kept" : "broken")">\(text(report.verdict))</span></h1>
    <p>\(text(report.summary)). \(text(circumstances))</p>
    \(promises)
    \(plots.map { "<figure>\n\($0.svg)\n</figure>" }.joined(separator: "\n"))
    \(figures)
    \(faults)
    \(complaints)
    \(events)
    </body>
    </html>

    """
  }

  private var circumstances: String {
    "\(report.nodes) nodes, \(report.carts) carts, \(report.callsPerSecond) calls a second for \(ChaosPlot.number(report.seconds)) s; "
      + "\(report.began), shopstream \(report.version)."
  }

  private var promises: String {
    table(["", "promise", "seen"], report.promises.map { [$0.isKept ? "kept" : "broken", $0.promise, $0.detail] })
  }

  private var plots: [ChaosPlot] {
    let series = report.series
    func plot(_ title: String, _ unit: String, _ lines: [ChaosPlot.Line], log: Bool = false) -> ChaosPlot {
      ChaosPlot(title: title, unit: unit, lines: lines, stepSeconds: series.stepSeconds, faults: report.faults, isLogarithmic: log)
    }
    return [
      plot(
        "Throughput", "calls a second",
        [.init(name: "sent", style: "sent", values: series.sent), .init(name: "answered", style: "answered", values: series.answered)]),
      plot(
        "Latency", "ms, of the calls due then",
        [.init(name: "p50", style: "p50", values: series.p50), .init(name: "p99", style: "p99", values: series.p99)], log: true),
      plot("Failed calls", "a second", [.init(name: "failed", style: "failed", values: series.failed)]),
    ]
  }

  private var figures: String {
    let (calls, writes) = (report.calls, report.writes)
    let names = calls.failedByName.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return "<h2>Figures</h2>"
      + table(
        ["", "answered", "p50 ms", "p99 ms"],
        [("before the first fault", report.before), ("under a fault", report.during), ("after it", report.after)].map {
          [$0, "\($1.answered)", number($1.p50), number($1.p99)]
        })
      + table(
        ["", ""],
        [
          ["calls sent", "\(calls.sent)"], ["answered", "\(calls.answered)"],
          ["failed", "\(calls.failed)" + (names.isEmpty ? "" : ": \(names)")], ["writes asked for", "\(writes.asked)"],
          ["acknowledged", "\(writes.acknowledged)"], ["failed without effect", "\(writes.failed)"],
          ["of unknown outcome", "\(writes.unknown)"], ["acknowledged and lost", "\(writes.lost)"],
          ["with more than one effect", "\(writes.twice)"],
        ])
  }

  private var faults: String {
    "<h2>Faults</h2>"
      + table(
        ["", "at s", "fault", "whole after s", "its carts", "answered again after s: p50", "p99", "the last", "never", "sent meanwhile"],
        report.faults.enumerated().map { number, fault in
          [
            "\(number + 1)", self.number(fault.at), fault.what, self.number(fault.until.map { $0 - fault.at }), "\(fault.carts)",
            self.number(fault.firstAnswerP50), self.number(fault.firstAnswerP99), self.number(fault.firstAnswerLast), "\(fault.silent)",
            "\(fault.sent)",
          ]
        })
  }

  private var complaints: String {
    report.complaints.isEmpty
      ? "" : "<h2>What the judges complained of</h2><ul>\(report.complaints.map { "<li>\(text($0))</li>" }.joined())</ul>"
  }

  private var events: String {
    "<h2>What happened</h2>" + table(["at s", ""], report.events.map { [number($0.at), $0.what] })
  }

  // MARK: Bricks

  private func table(_ head: [String], _ rows: [[String]]) -> String {
    func style(of cell: String) -> String { ["kept", "broken"].contains(cell) ? " class=\"\(cell)\"" : "" }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>\(cells.map { "<\(tag)\(style(of: $0))>\(text($0))</\(tag)>" }.joined())</tr>"
    }
    let header = head.allSatisfy(\.isEmpty) ? "" : row(head, "th")
    return "<table>\(header)\(rows.map { row($0, "td") }.joined(separator: "\n"))</table>"
  }

  private func number(_ value: Double?) -> String { value.map(ChaosPlot.number) ?? "–" }
  private func text(_ text: String) -> String { HTMLText.escaped(text) }
}

extension ChaosPage {
  private static let style = """
    :root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --faint: #d8dbe0; --dim: #667; --blue: #1f62c4; --green: #15803d; \
    --orange: #c2570c; --red: #c81e1e; --shade: #c81e1e14; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e7ea; --paper: #16181c; --faint: #33373f; --dim: #9aa0ab; --blue: #7fb0ff; \
    --green: #5fd38a; --orange: #ffab5e; --red: #ff7d7d; --shade: #ff7d7d1c; } }
    body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; \
    padding: 0 1rem; }
    h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
    figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; }
    table { border-collapse: collapse; margin: 1rem 0; } th, td { text-align: left; padding: .25rem .8rem .25rem 0; \
    border-bottom: 1px solid var(--faint); vertical-align: top; } th { font-weight: 600; color: var(--dim); }
    .kept { color: var(--green); font-weight: 600; } .broken { color: var(--red); font-weight: 600; }
    .grid { stroke: var(--faint); } .tick { fill: var(--dim); } .title { fill: var(--ink); font-weight: 600; font-size: 13px; }
    .title .tick { font-weight: 400; font-size: 11px; } rect.fault { fill: var(--shade); } line.mark { stroke: var(--red); \
    stroke-dasharray: 4 3; } text.mark { fill: var(--red); }
    .line { fill: none; stroke-width: 1.6; } .line.sent { stroke: var(--dim); } .line.answered, .line.p50 { stroke: var(--blue); } \
    .line.p99 { stroke: var(--orange); } .line.failed { stroke: var(--red); }
    .key { font-weight: 600; } .key.sent { fill: var(--dim); } .key.answered, .key.p50 { fill: var(--blue); } \
    .key.p99 { fill: var(--orange); } .key.failed { fill: var(--red); }
    """
}
