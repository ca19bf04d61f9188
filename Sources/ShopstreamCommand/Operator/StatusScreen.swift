// How `status --watch` speaks: drawn in place on a terminal, a block at each change elsewhere, one JSON object a look for programs.

import Troupe

/// What `status --watch` looks at.
struct StatusLook: Sendable {
  var summary: ClusterSummary
  /// Nil when the nodes did not tell.
  var ring: RingStatus?
}

extension OperatorConnection {
  func look() async throws -> StatusLook {
    async let ring = cluster.ringStatus(within: StatusScreen.patience)
    let summary = ClusterSummary(try await cluster.status(within: StatusScreen.patience))
    return StatusLook(summary: summary, ring: try? await ring)
  }
}

struct StatusScreen: Sendable {
  /// Between two looks: a suspicion lasts for half a second, and should be seen.
  static let pace: Duration = .milliseconds(500)
  /// Who takes longer is silent.
  static let patience: Duration = .milliseconds(400)

  private let isJSON: Bool
  private let style: TextStyle
  private var terminal: Terminal
  private var rates = CallRates()
  private var last: StatusLook?
  /// What was last said in a block, so that only news is said again.
  private var said = ""

  init(isJSON: Bool, terminal: Terminal = Terminal()) {
    self.isJSON = isJSON
    self.terminal = terminal
    style = .forOutput(terminal)
  }

  mutating func show(_ look: StatusLook, at now: ContinuousClock.Instant = .now) {
    rates.read(look.summary, at: now)
    last = look
    if isJSON { return terminal.say(JSONText.line(look.summary)) }
    let table = RingTable(summary: look.summary, ring: look.ring, rates: rates, style: style)
    // A line of the terminal stays free for what the shell writes after Ctrl-C.
    if terminal.isInteractive { return terminal.draw(table.lines(in: Terminal.size, without: 1)) }
    let news = RingTable.shape(of: look.summary, look.ring)
    guard news != said else { return }
    said = news
    ([TimeOfDay.now] + table.lines() + [""]).forEach { terminal.say($0) }
  }

  /// Nobody answered: what stands there is old.
  mutating func lost(_ why: String) {
    guard !isJSON else { return }
    let words = "No node answers, trying again: \(why)"
    if terminal.isInteractive {
      let table = last.map { RingTable(summary: $0.summary, ring: $0.ring, rates: CallRates(), style: .plain) }
      let old = table.map { $0.lines(in: Terminal.size, without: 3).map(style.dim) } ?? []
      terminal.draw([style.warning(words), ""] + old)
    } else if said != words {
      said = words
      terminal.say("\(TimeOfDay.now)  \(words)")
      terminal.say("")
    }
  }
}
