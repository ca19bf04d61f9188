// From what a run's book holds to its report. Pure.

import Foundation

extension ChaosReport {
  /// What the book does not know.
  struct Circumstances: Sendable {
    var began: String
    var nodes: Int
    var rate: Int
    var seconds: Double
    /// Whether the cluster was whole in time after every fault.
    var isWhole: Bool
    /// Carts that could not be read at the end.
    var unread: [String] = []
  }

  init(_ scenario: ChaosScenario, _ book: ChaosBook, _ run: Circumstances) {
    let promises = ChaosVerdict.promises(scenario, book, run)
    self.init(
      scenario: scenario.name, summary: scenario.summary, verdict: promises.allSatisfy(\.isKept) ? "kept" : "broken", promises: promises,
      complaints: book.complaints.map(\.sentence), version: Version.text, began: run.began, seconds: run.seconds.rounded(to: 100),
      nodes: run.nodes, carts: book.judges.count, callsPerSecond: run.rate, calls: Calls(book), writes: Writes(book),
      before: Latency(book.before), during: Latency(book.during), after: Latency(book.after), faults: book.faults.map(Fault.init),
      events: book.events.map { Event(at: $0.at.rounded(to: 1_000), what: $0.what) }, series: Series(book.series, seconds: run.seconds))
  }
}

extension ChaosReport.Calls {
  init(_ book: ChaosBook) {
    self.init(sent: book.sent, answered: book.answered, failed: book.failed, failedByName: book.failedByName)
  }
}

extension ChaosReport.Writes {
  init(_ book: ChaosBook) {
    func sum(_ count: (CartJudge) -> Int) -> Int { book.judges.reduce(0) { $0 + count($1) } }
    self.init(
      asked: sum(\.asked), acknowledged: sum(\.acknowledged.count), failed: book.failedWrites, unknown: book.unknownWrites,
      lost: sum(\.lost.count), twice: sum(\.twice.count))
  }
}

extension ChaosReport.Latency {
  init(_ latencies: Latencies) {
    self.init(answered: latencies.count, p50: latencies.quantile(0.5)?.rounded(to: 100), p99: latencies.quantile(0.99)?.rounded(to: 100))
  }
}

extension ChaosReport.Fault {
  init(_ fault: ChaosFault) {
    let firsts = fault.firsts.sorted()
    func quantile(_ share: Double) -> Double? {
      firsts.isEmpty ? nil : firsts[Int((Double(firsts.count - 1) * share).rounded())].rounded(to: 1_000)
    }
    self.init(
      what: fault.name, nodes: fault.nodes, at: fault.at.rounded(to: 1_000), until: fault.until?.rounded(to: 1_000), carts: fault.carts,
      silent: fault.silent.count, firstAnswerP50: quantile(0.5), firstAnswerP99: quantile(0.99), firstAnswerLast: quantile(1),
      sent: fault.sent,
      answered: fault.answered, longestSilenceSeconds: fault.longestSilence.rounded(to: 1_000))
  }
}

extension ChaosReport.Series {
  /// Of a run of so many seconds: a last step that is not whole would look like a fall.
  init(_ series: ChaosSeries, seconds: Double) {
    let steps = series.steps.prefix(max(1, Int(seconds / series.stepSeconds)))
    func rates(_ count: (ChaosSeries.Step) -> Int) -> [Double] { steps.map { (Double(count($0)) / series.stepSeconds).rounded(to: 10) } }
    func quantiles(_ share: Double) -> [Double?] { steps.map { $0.latencies.quantile(share)?.rounded(to: 100) } }
    self.init(
      stepSeconds: series.stepSeconds, sent: rates(\.sent), answered: rates(\.answered), failed: rates(\.failed), p50: quantiles(0.5),
      p99: quantiles(0.99))
  }
}

extension Double {
  /// To a multiple of one part of `parts`: figures with more digits than they deserve are hard to read.
  func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}
