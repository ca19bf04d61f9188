// What is left on the terminal after a run: the promises, the figures, where the report is. Pure.

enum ChaosSummary {
  static func lines(_ report: ChaosReport, _ files: ChaosReportFiles) -> [String] {
    let calls = report.calls
    let names = calls.failedByName.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    let promises = report.promises.map { [$0.isKept ? "kept" : "BROKEN", "\($0.promise):", $0.detail] }
    let faults = report.faults.filter { $0.carts > 0 }.map { fault in
      "\(fault.what): its \(fault.carts) carts were answered again after \(seconds(fault.firstAnswerP50)) (p50), "
        + "\(seconds(fault.firstAnswerLast)) (the last)\(fault.silent == 0 ? "" : "; \(fault.silent) never")."
    }
    return [""] + StatusTable.aligned(promises) + [""] + faults
      + [
        "\(calls.sent) calls, \(calls.answered) answered, \(calls.failed) failed\(names.isEmpty ? "" : " (\(names))").",
        "p99 \(milliseconds(report.before)) before, \(milliseconds(report.during)) under faults, \(milliseconds(report.after)) after.",
      ] + report.complaints.prefix(5) + ["Report: \(files.html)", "Verdict: \(report.verdict)."]
  }

  private static func seconds(_ value: Double?) -> String { value.map { "\(ChaosPlot.number($0)) s" } ?? "no time known" }
  private static func milliseconds(_ latency: ChaosReport.Latency) -> String {
    latency.p99.map { "\(ChaosPlot.number($0)) ms" } ?? "nothing"
  }
}
