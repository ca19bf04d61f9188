// Which promises a run has kept, each with the figures that show it. Pure.

enum ChaosVerdict {
  /// A cart of a dead node is answered again within this. Take-over needs a lease and a half; the rest is for machines that are busy.
  static let heardLimit = 15.0
  /// A longer pause of the load under a fault, and the run has shown nothing.
  static let silenceLimit = 2.0

  static func promises(_ scenario: ChaosScenario, _ book: ChaosBook, _ run: ChaosReport.Circumstances) -> [ChaosReport.Promise] {
    let writes = ChaosReport.Writes(book)
    func none(of kinds: ChaosComplaint.Kind...) -> Int { kinds.reduce(0) { $0 + (book.complaintCounts[$1] ?? 0) } }
    var promises = [
      ChaosReport.Promise(
        promise: "Every acknowledged write is there in every later answer",
        isKept: writes.lost == 0 && none(of: .lost) == 0 && run.unread.isEmpty,
        detail: "\(writes.acknowledged) acknowledged, \(writes.lost) lost" + unread(run)),
      ChaosReport.Promise(
        promise: "No write takes effect twice", isKept: writes.twice == 0 && none(of: .twice) == 0,
        detail: "\(writes.asked) asked for, \(writes.twice) more than once"),
      ChaosReport.Promise(
        promise: "What was seen stays seen, and one order of the writes explains all answers", isKept: none(of: .backwards, .order) == 0,
        detail: "\(book.answered) answers judged, \(none(of: .backwards)) went back, \(none(of: .order)) fit no order"),
      ChaosReport.Promise(
        promise: "What failed without effect has none", isKept: none(of: .undead) == 0,
        detail: "\(writes.failed) writes failed, \(writes.unknown) of unknown outcome, \(none(of: .undead)) complaints"),
      loadWasOn(book), heard(book),
      ChaosReport.Promise(
        promise: "The cluster is whole again after each fault", isKept: run.isWhole && book.faults.allSatisfy(\.isOver),
        detail: book.faults.compactMap(\.until).isEmpty ? "never" : "within \(longestRecovery(book)) s at most"),
    ]
    if scenario.isPlanned {
      promises.append(
        ChaosReport.Promise(
          promise: "Planned work fails no call", isKept: book.failed == 0, detail: "\(book.answered) answered, \(book.failed) failed"))
    }
    return promises
  }

  private static func unread(_ run: ChaosReport.Circumstances) -> String {
    run.unread.isEmpty ? "" : "; \(run.unread.count) carts could not be read at the end"
  }

  private static func loadWasOn(_ book: ChaosBook) -> ChaosReport.Promise {
    let silence = book.faults.map(\.longestSilence).max() ?? 0
    let isOn = !book.faults.isEmpty && book.faults.allSatisfy { $0.sent > 0 && $0.answered > 0 } && silence <= silenceLimit
    let sent = book.faults.map(\.sent).min() ?? 0
    return ChaosReport.Promise(
      promise: "The load went on through every fault", isKept: isOn,
      detail: book.faults.isEmpty
        ? "nothing was done to the cluster" : "at least \(sent) calls sent in each; longest gap \(silence.rounded(to: 100)) s")
  }

  private static func heard(_ book: ChaosBook) -> ChaosReport.Promise {
    let firsts = book.faults.flatMap(\.firsts)
    let silent = book.faults.reduce(0) { $0 + $1.silent.count }
    let last = firsts.max() ?? 0
    return ChaosReport.Promise(
      promise: "Carts of the nodes concerned are answered again within \(Int(heardLimit)) s", isKept: silent == 0 && last <= heardLimit,
      detail: "\(firsts.count) carts, the last after \(last.rounded(to: 100)) s" + (silent == 0 ? "" : "; \(silent) never"))
  }

  private static func longestRecovery(_ book: ChaosBook) -> Double {
    (book.faults.compactMap { fault in fault.until.map { $0 - fault.at } }.max() ?? 0).rounded(to: 10)
  }
}
