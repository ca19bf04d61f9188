// Sagas and groups of consumers on the operators' page: what needs a person stands first, with what a person can do about it. Times are
// moments, not ages, where buttons stand: a part that does not change is not replaced under somebody's hand.

import Foundation
import Troupe

extension AdminParts {
  // MARK: Sagas

  var sagas: HTML {
    let work = picture.work
    let (stuck, running) = (work.stuck, work.sagas.sagas.filter { !$0.isStuck })
    let calm: HTML = "<p class=\"calm\">No saga is stuck\(running.isEmpty ? ", and none is under way" : "").</p>"
    let alerts: HTML = "<ul class=\"alerts\">\(stuck.prefix(Self.rowLimit).map(alert))</ul>"
    return """
      \(gaps(work.sagaTrouble, work.sagas.silent, "sagas"))\
      \(stuck.isEmpty ? (work.sagas.silent.isEmpty && work.sagaTrouble == nil ? calm : "") : alerts)\
      \(running.isEmpty ? "" as HTML : table(of: running))\
      \(more(max(0, stuck.count - Self.rowLimit) + max(0, running.count - Self.rowLimit), "saga"))
      """
  }

  private func alert(_ saga: SagaReport) -> HTML {
    """
    <li class="open"><strong>STUCK</strong> <span class="who">\(saga.id)</span> \
    <span>cannot \(saga.isGoingBack ? "undo" : "do") “\(saga.step)” (\(saga.number) of \(saga.steps)), \
    failed \(times(UInt64(saga.failures))), since \(Self.time(saga.changed))</span> \(resume(saga))\
    <span class="why">\(saga.error ?? "without a reason")\(saga.reason.map { " · turned back: \($0)" } ?? "")</span></li>
    """
  }

  private func resume(_ saga: SagaReport) -> HTML {
    """
    <form method="post" action="/sagas/\(Self.escaped(saga.id))/resume"><button id="resume-\(saga.id)">Try again now</button></form>
    """
  }

  private func table(of sagas: [SagaReport]) -> HTML {
    """
    <table aria-labelledby="sagas">
    <thead><tr><th scope="col">saga</th><th scope="col">state</th><th scope="col">step</th>\
    <th scope="col" class="number">failed</th><th scope="col">since</th><th scope="col"></th></tr></thead>
    <tbody>\(sagas.prefix(Self.rowLimit).map(row))</tbody>
    </table>
    """
  }

  private func row(_ saga: SagaReport) -> HTML {
    let why = [saga.error, saga.reason.map { "turned back: \($0)" }].compactMap(\.self).joined(separator: " · ")
    return """
      <tr><th scope="row">\(saga.id)<small>\(why)</small></th>\
      <td data-label="state">\(saga.isGoingBack ? "undoing" : "doing")</td>\
      <td data-label="step">\(saga.step)<small>\(saga.number) of \(saga.steps)</small></td>\
      <td data-label="failed" class="number">\(Figures.grouped(saga.failures))</td>\
      <td data-label="since">\(Self.time(saga.changed))</td>\
      <td class="acts">\(saga.failures > 0 ? resume(saga) : "")</td></tr>
      """
  }

  // MARK: Consumers

  var consumers: HTML {
    let work = picture.work
    let groups = work.consumers.groups
    let none: HTML =
      work.consumers.silent.isEmpty && work.consumerTrouble == nil ? "<p class=\"quiet\">No node has a group of consumers.</p>" : ""
    guard !groups.isEmpty else { return "\(gaps(work.consumerTrouble, work.consumers.silent, "shares of the groups"))\(none)" }
    return """
      \(gaps(work.consumerTrouble, work.consumers.silent, "shares of the groups"))\
      <table aria-labelledby="consumers">
      <thead><tr><th scope="col">group</th><th scope="col">state</th><th scope="col" class="number">lag</th>\
      <th scope="col" class="number">oldest waits</th><th scope="col" class="number">taken</th>\
      <th scope="col" class="number">failed tries</th><th scope="col" class="number">dead letters</th></tr></thead>
      <tbody>\(groups.sorted(by: Self.isBefore).prefix(Self.rowLimit).map(row))</tbody>
      </table>\(more(max(0, groups.count - Self.rowLimit), "group"))
      """
  }

  private static func isBefore(_ left: ConsumerReport, _ right: ConsumerReport) -> Bool {
    (left.cutOff > 0 ? 0 : 1, left.group) < (right.cutOff > 0 ? 0 : 1, right.group)
  }

  private func row(_ group: ConsumerReport) -> HTML {
    let letters = picture.work.letters[group.group]
    let count: HTML =
      switch letters {
      case nil: "unknown"
      case 0?: "0"
      case let count?: "<a class=\"alarm\" href=\"/consumers/\(Self.escaped(group.group))\">\(Figures.grouped(count))</a>"
      }
    let trouble = group.trouble.map { "shard \(group.troubledShard ?? 0): \($0)" } ?? ""
    let cure = group.cutOff > 0 ? " Let it begin anew: shopstream topics restart \(group.group)" : ""
    return """
      <tr><th scope="row"><a href="/consumers/\(Self.escaped(group.group))">\(group.group)</a>\
      <small>\(group.topic)</small><small class="trouble">\(trouble)\(cure)</small></th>\
      <td data-label="state"><span class="\(group.state == .running ? "plain" : "alarm")">\(group.state.rawValue)</span>\
      \(group.retrying > 0 ? "<small>in \(Self.counted(group.retrying, "shard"))</small>" as HTML : "")</td>\
      <td data-label="lag" class="number">\(Figures.grouped(group.lag))</td>\
      <td data-label="oldest waits" class="number">\(picture.work.oldest(group).map(Figures.brief) ?? "-")</td>\
      <td data-label="taken" class="number">\(Figures.grouped(group.delivered))</td>\
      <td data-label="failed tries" class="number">\(Figures.grouped(group.failures))</td>\
      <td data-label="dead letters" class="number">\(count)</td></tr>
      """
  }

  // MARK: Both

  /// What is missing, and why.
  private func gaps(_ trouble: String?, _ silent: [TransportStatus.Silent], _ what: String) -> HTML {
    let all = trouble.map { [("cluster", $0)] } ?? silent.map { ($0.name, $0.reason) }
    guard !all.isEmpty else { return "" }
    return """
      <ul class="alerts">\(all.map { name, reason -> HTML in
        "<li class=\"half-open\"><strong>SILENT</strong> <span class=\"who\">\(name)</span> <span>its \(what) are missing here: \(reason)</span></li>"
      })</ul>
      """
  }

  private func more(_ count: Int, _ word: String) -> HTML {
    count == 0 ? "" : "<p class=\"quiet\">\(Self.counted(count, word)) more.</p>"
  }

  /// "2026-11-29 02:30:00 UTC".
  static func time(_ milliseconds: Int64) -> HTML {
    let text = Date(timeIntervalSince1970: Double(milliseconds / 1_000)).formatted(.iso8601)
    return "<time datetime=\"\(text)\">\(text.replacing("T", with: " ").replacing("Z", with: " UTC"))</time>"
  }

  /// As one component of a path.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || "-._~".utf8.contains(byte)
      if isPlain {
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        escaped += "%" + String(Int(byte) + 0x100, radix: 16).dropFirst()
      }
    }
    return escaped
  }
}
