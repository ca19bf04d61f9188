// How `up` speaks: text for people, one JSON object a line for programs. Drawn at most once a reading.

import Foundation

struct UpScreen: Sendable {
  private let isJSON: Bool
  /// Of a screen that shows nothing: all that its owner wants to know.
  private let served: (@Sendable () -> Void)?
  private let style: TextStyle
  private var terminal: Terminal
  private var rates = CallRates()
  /// What was last said in plain lines, so that only news is said again.
  private var lastPlain = ""
  private var lastPlainAt: ContinuousClock.Instant?

  /// Without a terminal the status is said this often though nothing but numbers changed.
  static let plainInterval: Duration = .seconds(30)

  /// For a cluster that somebody else's command runs; `served` is called once everything serves.
  static func silent(_ served: @escaping @Sendable () -> Void) -> UpScreen { UpScreen(isJSON: false, served: served) }

  init(isJSON: Bool, terminal: Terminal = Terminal()) { self.init(isJSON: isJSON, terminal: terminal, served: nil) }

  private init(isJSON: Bool, terminal: Terminal = Terminal(), served: (@Sendable () -> Void)?) {
    (self.isJSON, self.served) = (isJSON, served)
    // JSON lines are for programs even when a person looks on: no region.
    self.terminal = isJSON ? Terminal(isInteractive: false) : terminal
    style = isJSON ? .plain : .forOutput(terminal)
  }

  mutating func note(_ sentence: String) {
    guard served == nil else { return }
    terminal.say(isJSON ? JSONText.line(UpLine(event: "note", message: sentence)) : sentence)
  }

  mutating func announce(_ announcement: Announcement) {
    guard served == nil else { return }
    if isJSON {
      terminal.say(JSONText.line(UpLine(event: announcement.event, process: announcement.process, message: announcement.sentence)))
    } else {
      terminal.say("\(TimeOfDay.now)  \(announcement.sentence)")
    }
  }

  mutating func started(_ name: String, process: Int32) {
    guard isJSON else { return }
    terminal.say(JSONText.line(UpLine(event: "started", process: name, pid: process)))
  }

  mutating func serving(_ plan: UpPlan) {
    if let served { return served() }
    guard isJSON else { return Banner.lines(plan, style: style).forEach { terminal.say($0) } }
    terminal.say(
      JSONText.line(
        UpLine(
          event: "serving", gateway: plan.gatewayURL, admin: plan.adminURL, data: plan.directory.path,
          nodes: plan.nodes.map { .init(id: $0.id, addresses: plan.addresses(of: $0)) })))
  }

  mutating func show(_ summary: ClusterSummary, at now: ContinuousClock.Instant) {
    guard served == nil else { return }
    rates.read(summary, at: now)
    if terminal.isInteractive {
      terminal.draw([""] + StatusTable.lines(summary, rates: rates, style: style))
    } else {
      showPlain(summary, at: now)
    }
  }

  mutating func stopped() {
    guard served == nil else { return }
    terminal.clear()
    terminal.say(
      isJSON ? JSONText.line(UpLine(event: "stopped")) : "Stopped. The data stays where it is: 'shopstream up' goes on from here.")
  }

  private mutating func showPlain(_ summary: ClusterSummary, at now: ContinuousClock.Instant) {
    let news = PlainStatus.shape(of: summary)
    let isDue = lastPlainAt.map { now - $0 >= Self.plainInterval } ?? true
    guard news != lastPlain || isDue else { return }
    lastPlain = news
    lastPlainAt = now
    terminal.say(
      isJSON
        ? JSONText.line(UpLine(event: "status", status: summary)) : "\(TimeOfDay.now)  \(PlainStatus.line(summary, rates: rates))")
  }
}

/// One line of `up --json`. Absent fields are left out.
struct UpLine: Encodable {
  var event: String
  var process: String?
  var pid: Int32?
  var message: String?
  var gateway: String?
  var admin: String?
  var data: String?
  var nodes: [ClusterFile.Node]?
  var status: ClusterSummary?
}
