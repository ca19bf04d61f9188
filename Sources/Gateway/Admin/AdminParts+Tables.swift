// Links, queues, calls and budgets as tables.

import Troupe

extension AdminParts {
  /// Rows of one table; the others are counted.
  static let rowLimit = 200

  // MARK: Links

  /// Those that are not simply open first, then those with calls, then by name.
  var links: HTML {
    let all = status.linksOnce
    guard !all.isEmpty else { return "<p class=\"quiet\">There are no links yet.</p>" }
    let sorted = all.sorted { Self.order($0) < Self.order($1) }
    let leftOut = max(0, all.count - Self.rowLimit) + status.processes.reduce(0) { $0 + $1.linksLeftOut }
    return """
      <table aria-labelledby="links">
      <thead><tr><th scope="col">process</th><th scope="col">peer</th><th scope="col">state</th>\
      <th scope="col" class="number">calls</th><th scope="col" class="number">in</th><th scope="col" class="number">out</th>\
      <th scope="col" class="number">queued</th><th scope="col" class="number">round trip</th>\
      <th scope="col" class="number">idle</th><th scope="col" class="number">age</th></tr></thead>
      <tbody>\(sorted.prefix(Self.rowLimit).map { row($0.process, $0.link) })</tbody>
      </table>\(leftOut == 0 ? "" as HTML : "<p class=\"quiet\">\(Self.counted(leftOut, "link")) more.</p>")
      """
  }

  private static func order(_ entry: (process: String, link: LinkReport)) -> (Int, Int, String, String, Int) {
    let link = entry.link
    return (link.state == .open ? 1 : 0, link.isOutgoing ? 0 : 1, entry.process, link.peer, link.peerLoop)
  }

  private func row(_ process: String, _ link: LinkReport) -> HTML {
    let isOpen = link.state == .open
    let peer = link.peer.isEmpty ? "unknown" : link.peer
    let details = [
      link.address, isOpen && link.identity == nil ? "no TLS" : "", link.compressionRatio.map { "lz4 \(Figures.rate($0)) : 1" } ?? "",
      link.creditsInUse > 0 ? "\(Figures.bytes(link.creditsInUse)) of chunks under way" : "",
    ]
    return """
      <tr><th scope="row">\(process)<small>loop \(link.loop)</small></th>\
      <td data-label="peer">\(link.isOutgoing ? "→" : "←") \(peer)<small>\(link.role) \(link.isControl ? "control" : "loop \(link.peerLoop)") · \
      \(details.filter { !$0.isEmpty }.joined(separator: " · "))</small></td>\
      <td data-label="state"><span class="\(isOpen ? "plain" : "alarm")">\(link.state.rawValue)</span></td>\
      <td data-label="calls" class="number">\(Figures.grouped(link.calls))</td>\
      <td data-label="in" class="number">\(Figures.bytes(link.bytesIn))<small>\(Figures.grouped(link.framesIn)) frames</small></td>\
      <td data-label="out" class="number">\(Figures.bytes(link.bytesOut))<small>\(Figures.grouped(link.framesOut)) frames</small></td>\
      <td data-label="queued" class="number">\(Figures.bytes(link.queuedBytes))</td>\
      <td data-label="round trip" class="number">\(link.roundTrip.map(Figures.brief) ?? "-")</td>\
      <td data-label="idle" class="number">\(link.idle.map(Figures.brief) ?? "-")</td>\
      <td data-label="age" class="number">\(Figures.brief(link.age))</td></tr>
      """
  }

  // MARK: Queues

  var queues: HTML {
    let all = status.processes.flatMap { process in process.loops.map { (process.name, $0) } }
    guard !all.isEmpty else { return "<p class=\"quiet\">No process has answered yet.</p>" }
    return """
      <table aria-labelledby="queues">
      <thead><tr><th scope="col">process</th><th scope="col">state</th><th scope="col" class="number">calls</th>\
      <th scope="col" class="number">refused</th><th scope="col" class="number">shed</th><th scope="col" class="number">waiting</th>\
      <th scope="col" class="number">longest</th><th scope="col" class="number">parked</th><th scope="col" class="number">bulk</th><th scope="col" class="number">turns</th>\
      <th scope="col" class="number">delay</th><th scope="col" class="number">arriving</th></tr></thead>
      <tbody>\(all.prefix(Self.rowLimit).map { queue($0, $1) })</tbody>
      </table>
      """
  }

  private func queue(_ process: String, _ loop: LoopReport) -> HTML {
    """
    <tr><th scope="row">\(process)<small>loop \(loop.loop)</small></th>\
    <td data-label="state"><span class="\(loop.isBehind ? "alarm" : "plain")">\(loop.isBehind ? "behind" : "keeps up")</span></td>\
    <td data-label="calls" class="number">\(Figures.grouped(loop.calls))</td>\
    <td data-label="refused" class="number">\(Figures.grouped(loop.refused))</td>\
    <td data-label="shed" class="number">\(Figures.grouped(loop.shed))</td>\
    <td data-label="waiting" class="number">\(Figures.grouped(loop.waitingCalls))</td>\
    <td data-label="longest" class="number">\(Figures.grouped(loop.longestMailbox))<small>of \(Figures.grouped(loop.mailboxLimit))</small></td>\
    <td data-label="parked" class="number">\(Figures.grouped(loop.parkedCalls))</td>\
    <td data-label="bulk" class="number">\(Figures.grouped(loop.bulkCalls))</td>\
    <td data-label="turns" class="number">\(Figures.grouped(loop.turns))</td>\
    <td data-label="delay" class="number">\(Figures.brief(loop.queueDelay))\
    <small>\(loop.queueDelayLimit > .seconds(3_600) ? "no limit" : "of \(Figures.brief(loop.queueDelayLimit))")</small></td>\
    <td data-label="arriving" class="number">\(Figures.bytes(loop.arrivingBytes))<small>of \(Figures.bytes(loop.arrivingLimit))</small></td></tr>
    """
  }

  // MARK: Calls and budgets

  var calls: HTML {
    guard !status.processes.isEmpty else { return "<p class=\"quiet\">No process has answered yet.</p>" }
    return """
      <table aria-labelledby="calls">
      <thead><tr><th scope="col">process</th><th scope="col" class="number">sent</th><th scope="col" class="number">retries</th>\
      <th scope="col" class="number">held back by breakers</th><th scope="col" class="number">refused by budgets</th>\
      <th scope="col" class="number">hedges</th></tr></thead>
      <tbody>\(status.processes.prefix(Self.rowLimit).map(counts))</tbody>
      </table>
      """
  }

  private func counts(_ process: TransportReport) -> HTML {
    """
    <tr><th scope="row">\(process.name)<small>\(process.role)</small></th>\
    <td data-label="sent" class="number">\(Figures.grouped(process.counts.sent))</td>\
    <td data-label="retries" class="number">\(Figures.grouped(process.counts.retries))</td>\
    <td data-label="held back" class="number">\(Figures.grouped(process.counts.breakerRefusals))</td>\
    <td data-label="refused by budgets" class="number">\(Figures.grouped(process.counts.budgetRefusals))</td>\
    <td data-label="hedges" class="number">\(Figures.grouped(process.counts.hedges))\
    <small>\(Figures.grouped(process.counts.hedgesWon)) won</small></td></tr>
    """
  }

  var budgets: HTML {
    let all = status.processes.flatMap { process in process.budgets.map { (process.name, $0) } }
    guard !all.isEmpty else { return "<p class=\"calm\">Nobody has drawn on a retry budget.</p>" }
    return """
      <table aria-labelledby="budgets">
      <thead><tr><th scope="col">process</th><th scope="col">kind</th><th scope="col" class="number">left</th>\
      <th scope="col" class="number">taken</th><th scope="col" class="number">refused</th></tr></thead>
      <tbody>\(all.prefix(Self.rowLimit).map { budget($0, $1) })</tbody>
      </table>
      """
  }

  private func budget(_ process: String, _ budget: CallReport.Budget) -> HTML {
    """
    <tr><th scope="row">\(process)<small>loop \(budget.loop)</small></th><td data-label="kind">\(budget.kind)</td>\
    <td data-label="left" class="number"><span class="\(budget.left == 0 ? "alarm" : "plain")">\(Figures.grouped(budget.left))</span></td>\
    <td data-label="taken" class="number">\(Figures.grouped(budget.taken))</td>\
    <td data-label="refused" class="number">\(Figures.grouped(budget.refused))</td></tr>
    """
  }
}
