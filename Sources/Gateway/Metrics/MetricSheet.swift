// One process's report as figures with labels: what is shown now, and what only grows. Pure.

import Troupe

struct MetricSheet {
  struct Figure: Hashable {
    let metric: TransportMetric
    /// Values, in the order of the metric's labels.
    let labels: [String]
  }

  struct Count {
    let figure: Figure
    /// Which part of the process has counted it: several may share a figure.
    let part: String
    let total: UInt64
  }

  private let process: [String]
  private let limit: Int
  private(set) var peers: Set<String>
  /// Figures of one name and the same labels are added up, or the largest is taken.
  private(set) var gauges: [Figure: Double] = [:]
  private(set) var counts: [Count] = []

  init(name: String, role: String, peers: Set<String> = [], limit: Int = .max) {
    process = [name, role]
    self.peers = peers
    self.limit = limit
  }

  init(_ report: TransportReport, peers: Set<String>, limit: Int) {
    self.init(name: report.name, role: report.role, peers: peers, limit: limit)
  }

  mutating func gauge(_ metric: TransportMetric, _ labels: [String], _ value: Double) {
    gauges[Figure(metric: metric, labels: process + labels), default: 0] += value
  }

  mutating func largest(_ metric: TransportMetric, _ labels: [String], _ value: Double) {
    let figure = Figure(metric: metric, labels: process + labels)
    gauges[figure] = max(gauges[figure] ?? 0, value)
  }

  mutating func count(_ metric: TransportMetric, _ labels: [String], of part: String, _ total: UInt64) {
    counts.append(Count(figure: Figure(metric: metric, labels: process + labels), part: part, total: total))
  }

  mutating func fill(from report: TransportReport) {
    gauge(.processAnswers, [], 1)
    for link in report.links { add(link) }
    for breaker in report.breakers { add(breaker) }
    for budget in report.budgets { add(budget) }
    for loop in report.loops { add(loop) }
    let counts = report.counts
    count(.callsSent, [], of: "", counts.sent)
    count(.retries, [], of: "", counts.retries)
    count(.budgetRefusals, [], of: "", counts.budgetRefusals)
    count(.breakerRefusals, [], of: "", counts.breakerRefusals)
    count(.hedges, [], of: "", counts.hedges)
    count(.hedgesWon, [], of: "", counts.hedgesWon)
  }

  private mutating func add(_ link: LinkReport) {
    let labels = [label(link.peer), link.isOutgoing ? "out" : "in"]
    gauge(.links, labels + [link.state.rawValue], 1)
    if link.isControl { gauge(.controlLinks, labels + [link.state.rawValue], 1) }
    gauge(.linkCalls, labels, Double(link.calls))
    gauge(.linkQueuedBytes, labels, Double(link.queuedBytes))
    gauge(.linkHeldFrames, labels, Double(link.heldFrames))
    gauge(.linkCredits, labels, Double(link.creditsInUse))
    if let trip = link.roundTrip { largest(.linkRoundTrip, labels, trip / .seconds(1)) }
    let part = "\(link.loop).\(link.number)"
    count(.linkBytesIn, labels, of: part, link.bytesIn)
    count(.linkBytesOut, labels, of: part, link.bytesOut)
    count(.linkFramesIn, labels, of: part, link.framesIn)
    count(.linkFramesOut, labels, of: part, link.framesOut)
    guard link.bytesBeforeCompression > 0 else { return }
    count(.compressionBefore, labels, of: part, link.bytesBeforeCompression)
    count(.compressionAfter, labels, of: part, link.bytesAfterCompression)
  }

  private mutating func add(_ breaker: CallReport.Breaker) {
    let labels = [label(breaker.peer), breaker.kind ?? "*"]
    let state: Double =
      switch breaker.state {
      case .closed: 0
      case .halfOpen: 1
      case .open: 2
      }
    largest(.breakerState, labels, state)
    largest(.breakerFailures, labels, Double(breaker.failuresInARow))
    count(.breakerOpenings, labels, of: "\(breaker.loop) \(breaker.peer) \(breaker.kind ?? "*")", breaker.openings)
  }

  private mutating func add(_ budget: CallReport.Budget) {
    let part = "\(budget.loop) \(budget.kind)"
    gauge(.budgetLeft, [budget.kind], Double(budget.left))
    count(.budgetTaken, [budget.kind], of: part, budget.taken)
    count(.budgetRefused, [budget.kind], of: part, budget.refused)
  }

  private mutating func add(_ loop: LoopReport) {
    let labels = ["\(loop.loop)"]
    count(.loopCalls, labels, of: labels[0], loop.calls)
    count(.loopRefused, labels, of: labels[0], loop.refused)
    count(.loopShed, labels, of: labels[0], loop.shed)
    count(.loopCancelled, labels, of: labels[0], loop.cancelled)
    gauge(.loopDelay, labels, loop.queueDelay / .seconds(1))
    gauge(.loopBusy, labels, loop.busyFor / .seconds(1))
    gauge(.loopWaiting, labels, Double(loop.waitingCalls))
    gauge(.loopMailbox, labels, Double(loop.longestMailbox))
    gauge(.loopParked, labels, Double(loop.parkedCalls))
    gauge(.loopBulk, labels, Double(loop.bulkCalls))
    gauge(.loopTurns, labels, Double(loop.turns))
    gauge(.loopAccepted, labels, Double(loop.acceptedLinks))
    gauge(.loopArriving, labels, Double(loop.arrivingBytes))
  }

  /// Names are those of certificates, so there are only so many; a report of another process may still say what it likes.
  private mutating func label(_ peer: String) -> String {
    if peer.isEmpty { return "unknown" }
    if peers.contains(peer) { return peer }
    guard peers.count < limit else { return "others" }
    peers.insert(peer)
    return peer
  }
}
