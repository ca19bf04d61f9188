// The parts of the operators' page that change, each by its name in the page. `AdminParts+Tables` has the tables below the breakers.

import Troupe

struct AdminParts {
  let picture: AdminPicture

  var status: TransportStatus { picture.transport.status ?? TransportStatus() }

  func changed(since before: AdminPicture?) -> [(name: String, html: HTML)] {
    let now = all
    guard let before else { return now }
    let old = Dictionary(uniqueKeysWithValues: AdminParts(picture: before).all.map { ($0.name, $0.html) })
    return now.filter { old[$0.name] != $0.html }
  }

  private var all: [(name: String, html: HTML)] {
    [
      ("state", state), ("breakers", breakers), ("nodes", nodes), ("links", links), ("queues", queues), ("calls", calls),
      ("budgets", budgets), ("sagas", sagas), ("consumers", consumers), ("ring", ring.ring), ("members", ring.members),
      ("movements", ring.movements), ("changes", ring.changes),
    ]
  }

  // MARK: The state in a sentence

  var state: HTML {
    let (mood, sentence) = summary
    return "<p class=\"state \(mood)\">\(sentence)</p>"
  }

  private var summary: (mood: String, sentence: String) {
    if let trouble = picture.transport.trouble { return ("bad", "The cluster does not answer: \(trouble)") }
    let open = status.openBreakers
    if !open.isEmpty {
      let names = Set(open.map(\.breaker.subject)).sorted().prefix(3).joined(separator: ", ")
      return ("bad", "\(Self.counted(open.count, "breaker")) \(open.count == 1 ? "is" : "are") not closed: \(names)")
    }
    if let first = picture.work.stuck.first {
      let count = picture.work.stuck.count
      return ("bad", "\(Self.counted(count, "saga")) \(count == 1 ? "is" : "are") stuck: \(first.id)\(count == 1 ? "" : " and others")")
    }
    if let group = picture.work.consumers.groups.first(where: { $0.cutOff > 0 }) {
      return ("bad", "\(group.group) is cut off: what it wants next is gone from the log")
    }
    if let worry = suspicion { return ("bad", worry) }
    if !status.silent.isEmpty { return ("bad", "\(status.silent.map(\.name).joined(separator: ", ")) did not answer") }
    if status.processes.contains(where: { $0.loops.contains(where: \.isBehind) }) {
      return ("warn", "A process cannot keep up and refuses calls")
    }
    if let (group, count) = picture.work.letters.filter({ $0.value > 0 }).sorted(by: { $0.key < $1.key }).first, picture.cluster.isReady {
      return ("warn", "\(Self.counted(count, "dead letter")) of \(group) \(count == 1 ? "waits" : "wait") for somebody")
    }
    if !picture.cluster.isReady { return (picture.cluster.isReachable ? "warn" : "bad", picture.cluster.summary) }
    return ("good", "All is well: no breaker is open, every node answers")
  }

  /// Doubts are no news yet: the calls that fail show as breakers.
  private var suspicion: String? {
    guard let node = picture.ring.status?.nodes.max(by: { $0.standing < $1.standing }), node.standing >= .fading else { return nil }
    return node.standing == .suspected
      ? "\(node.id) is \(RingWords.standing(of: node).words)" : "\(node.id) \(RingWords.standing(of: node).words)"
  }

  static func counted(_ count: Int, _ word: String) -> String { "\(Figures.grouped(count)) \(word)\(count == 1 ? "" : "s")" }

  // MARK: Breakers

  var breakers: HTML {
    let open = status.openBreakers
    let closed = status.processes.flatMap { process in process.breakers.filter { $0.state == .closed }.map { (process.name, $0) } }
    let calm: HTML = "<p class=\"calm\">No breaker is open: every call goes out at once.</p>"
    let list: HTML = "<ul class=\"alerts\">\(open.map { alert($0.process, $0.breaker) })</ul>"
    return """
      \(open.isEmpty ? calm : list)
      \(status.silent.isEmpty ? "" as HTML : "<ul class=\"alerts\">\(status.silent.map(silent))</ul>")
      \(closed.isEmpty ? "" as HTML : healed(closed))
      """
  }

  /// The word says it too: not everybody sees the colour.
  private func alert(_ process: String, _ breaker: CallReport.Breaker) -> HTML {
    let isOpen = breaker.state == .open
    let what = breaker.kind.map { "calls to \($0)" } ?? "all calls"
    let next = isOpen ? "The next probe may go in \(Figures.brief(breaker.retryAfter))." : "One call is out as a probe."
    return """
      <li class="\(isOpen ? "open" : "half-open")"><strong>\(breaker.word.uppercased())</strong> \
      <span class="who">\(process) → \(breaker.peer)</span> <span>\(what) held back for \(Figures.brief(breaker.since)), after \
      \(Self.counted(breaker.failuresInARow, "failure")) in a row; opened \(times(breaker.openings)). \(next)</span> \
      <small>loop \(breaker.loop)</small></li>
      """
  }

  func times(_ count: UInt64) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(Figures.grouped(count)) times"
    }
  }

  private func silent(_ silent: TransportStatus.Silent) -> HTML {
    "<li class=\"open\"><strong>SILENT</strong> <span class=\"who\">\(silent.name)</span> <span>\(silent.reason)</span></li>"
  }

  /// Those that have opened, or seen failures, and are closed now.
  private func healed(_ breakers: [(String, CallReport.Breaker)]) -> HTML {
    let shown = breakers.sorted { ($0.1.since, $0.0) < ($1.1.since, $1.0) }.prefix(Self.rowLimit)
    return """
      <details><summary>\(Self.counted(breakers.count, "closed breaker")) that saw failures</summary>
      <table><thead><tr><th scope="col">process</th><th scope="col">breaker</th><th scope="col" class="number">closed for</th>\
      <th scope="col" class="number">opened</th><th scope="col" class="number">failures in a row</th></tr></thead><tbody>
      \(shown.map { process, breaker -> HTML in
        """
        <tr><th scope="row">\(process)<small>loop \(breaker.loop)</small></th><td data-label="breaker">\(breaker.subject)</td>\
        <td class="number" data-label="closed for">\(Figures.brief(breaker.since))</td>\
        <td class="number" data-label="opened">\(times(breaker.openings))</td>\
        <td class="number" data-label="failures in a row">\(Figures.grouped(breaker.failuresInARow))</td></tr>
        """
      })
      </tbody></table></details>
      """
  }

  var ring: RingParts { RingParts(sight: picture.ring, cluster: picture.cluster) }

  var nodes: HTML { LandingParts(picture: picture.cluster).nodes }
}
