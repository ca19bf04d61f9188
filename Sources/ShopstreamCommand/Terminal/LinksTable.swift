// Links, breakers, budgets and queues as lines of text, at most 100 columns wide. Pure; what is wrong stands first.

import Gateway
import Troupe

enum LinksTable {
  /// Long names are cut rather than that a line breaks.
  static let longestName = 14
  static let watchedLinks = 12
  static let breakerLimit = 20

  static func lines(_ status: TransportStatus, style: TextStyle, linkLimit: Int = .max) -> [String] {
    let headline = headline(status)
    var lines = [status.isWell ? style.bold(headline) : style.warning(style.bold(headline))]
    for part in [breakers(status, style), links(status, style, linkLimit), queues(status, style), budgets(status, style)]
    where !part.isEmpty {
      lines += [""] + part
    }
    return lines
  }

  /// All of it in a sentence.
  static func headline(_ status: TransportStatus) -> String {
    var parts: [String] = []
    let open = status.openBreakers
    if !open.isEmpty {
      let whose = open.prefix(3).map { "\(plain($0.process)) → \(plain($0.breaker.subject))" }.joined(separator: ", ")
      parts.append(
        "\(counted(open.count, "breaker")) \(open.count == 1 ? "holds" : "hold") calls back (\(whose)\(open.count > 3 ? ", …" : ""))")
    }
    if !status.silent.isEmpty { parts.append("\(status.silent.map { plain($0.name) }.joined(separator: ", ")) did not answer") }
    let behind = status.processes.filter { $0.loops.contains(where: \.isBehind) }.map { plain($0.name) }
    if !behind.isEmpty { parts.append("\(behind.joined(separator: ", ")) cannot keep up") }
    guard parts.isEmpty else { return parts.joined(separator: "; ").sentence }
    return
      "All is well: no breaker is open, and \(status.processes.count == 1 ? "the process answers" : "all \(status.processes.count) processes answer")."
  }

  // MARK: Tables

  private static func breakers(_ status: TransportStatus, _ style: TextStyle) -> [String] {
    let open = status.openBreakers
    let closed = status.processes.flatMap { process in
      process.breakers.filter { $0.state == .closed }.map { (process: process.name, breaker: $0) }
    }
    let all = open + closed
    let silent = status.silent.map { style.warning("SILENT  \(name($0.name)): \(plain($0.reason))".cut(to: 100)) }
    guard !all.isEmpty else { return silent }
    let shown = all.prefix(max(breakerLimit, open.count))
    let rows = shown.map { process, breaker in
      [
        breaker.state == .closed ? "closed" : breaker.word.uppercased(), place(process, breaker.loop), name(breaker.peer),
        name(breaker.kind ?? "*"), "\(breaker.failuresInARow)", "\(breaker.openings)", brief(breaker.since),
        breaker.state == .open ? brief(breaker.retryAfter) : "-",
      ]
    }
    let table = StatusTable.aligned(
      [["BREAKER", "PROCESS", "PEER", "KIND", "FAILURES", "OPENED", "FOR", "PROBE IN"]] + rows, right: [4, 5, 6, 7])
    let body = zip(table.dropFirst(), shown).map { $1.breaker.state == .closed ? style.dim($0) : style.warning($0) }
    let rest = all.count - shown.count
    return silent + [style.dim(table[0])] + body + (rest > 0 ? [style.dim("and \(rest.grouped) more that are closed")] : [])
  }

  private static func links(_ status: TransportStatus, _ style: TextStyle, _ limit: Int) -> [String] {
    let all = status.linksOnce.sorted { order($0) < order($1) }
    let leftOut = max(0, all.count - limit) + status.processes.reduce(0) { $0 + $1.linksLeftOut }
    guard !all.isEmpty else { return [style.dim("There are no links.")] }
    let shown = all.prefix(limit)
    let rows = shown.map { process, link in
      [
        place(process, link.loop), "\(link.isOutgoing ? "→" : "←") \(peer(of: link))",
        plain(link.state.rawValue).cut(to: 10), link.calls.grouped, Figures.bytes(link.bytesIn), Figures.bytes(link.bytesOut),
        Figures.bytes(link.queuedBytes), link.roundTrip.map(brief) ?? "-", brief(link.age),
      ]
    }
    let table = StatusTable.aligned(
      [["PROCESS", "PEER", "STATE", "CALLS", "IN", "OUT", "QUEUED", "TRIP", "AGE"]] + rows, right: [3, 4, 5, 6, 7, 8])
    let body = zip(table.dropFirst(), shown).map { $1.link.state == .open ? $0 : style.warning($0) }
    return [style.dim(table[0])] + body + (leftOut > 0 ? [style.dim("and \(counted(leftOut, "link")) more")] : [])
  }

  /// Those that are not simply open first, then those that a process has dialled.
  private static func order(_ entry: (process: String, link: LinkReport)) -> (Int, Int, String, String, Int) {
    let link = entry.link
    return (link.state == .open ? 1 : 0, link.isOutgoing ? 0 : 1, entry.process, link.peer, link.peerLoop)
  }

  private static func queues(_ status: TransportStatus, _ style: TextStyle) -> [String] {
    let all = status.processes.flatMap { process in process.loops.map { (process: process.name, loop: $0) } }
    guard !all.isEmpty else { return [] }
    let rows = all.map { process, loop in
      [
        place(process, loop.loop), loop.isBehind ? "behind" : "keeps up", loop.calls.grouped, loop.refused.grouped, loop.shed.grouped,
        loop.waitingCalls.grouped, loop.longestMailbox.grouped, loop.parkedCalls.grouped, loop.bulkCalls.grouped, brief(loop.queueDelay),
      ]
    }
    let table = StatusTable.aligned(
      [["QUEUES", "STATE", "CALLS", "REFUSED", "SHED", "WAITING", "LONGEST", "PARKED", "BULK", "DELAY"]] + rows,
      right: [2, 3, 4, 5, 6, 7, 8, 9])
    return [style.dim(table[0])] + zip(table.dropFirst(), all).map { $1.loop.isBehind ? style.warning($0) : $0 }
  }

  private static func budgets(_ status: TransportStatus, _ style: TextStyle) -> [String] {
    let all = status.processes.flatMap { process in process.budgets.map { (process: process.name, budget: $0) } }
    guard !all.isEmpty else { return [] }
    let rows = all.map { process, budget in
      [place(process, budget.loop), name(budget.kind), budget.left.grouped, budget.taken.grouped, budget.refused.grouped]
    }
    let table = StatusTable.aligned([["RETRIES", "KIND", "LEFT", "TAKEN", "REFUSED"]] + rows, right: [2, 3, 4])
    return [style.dim(table[0])] + zip(table.dropFirst(), all).map { $1.budget.left == 0 ? style.warning($0) : $0 }
  }

  // MARK: Cells

  private static func place(_ process: String, _ loop: Int) -> String { place(process, "\(loop)") }

  private static func place(_ process: String, _ part: String) -> String {
    let suffix = "/\(part)"
    return plain(process).cut(to: longestName - suffix.count) + suffix
  }

  private static func peer(of link: LinkReport) -> String {
    place(link.peer.isEmpty ? "unknown" : link.peer, link.isControl ? "control" : "\(link.peerLoop)")
  }

  private static func name(_ name: String) -> String { plain(name).cut(to: longestName) }

  /// Names come from other processes: nothing in them may move the cursor.
  static func plain(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }))
  }

  /// One unit: "312 µs", "1.5 s", "3 min", "4 d".
  private static func brief(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    switch seconds {
    case ..<10: return Figures.brief(duration)
    case ..<60: return "\(seconds) s"
    case ..<3_600: return "\(seconds / 60) min"
    case ..<86_400: return "\(seconds / 3_600) h"
    default: return "\(seconds / 86_400) d"
    }
  }

  private static func counted(_ count: Int, _ word: String) -> String { "\(count.grouped) \(word)\(count == 1 ? "" : "s")" }
}
