// The ring as lines of text: a row a node with its lease, its last beat and what the others say of it, then what moves and what changed
// last. Pure; `status --watch` draws it.

import Gateway
import Troupe

struct RingTable {
  let summary: ClusterSummary
  /// Nil when the nodes did not tell.
  let ring: RingStatus?
  let rates: CallRates
  let style: TextStyle

  private static let barWidth = 10
  /// Movements and changes that are shown where nothing says how much room there is.
  static let usualLines = 12
  /// Of each, however small the terminal.
  private static let fewestLines = 3

  /// At most as many lines as the terminal has, without some of them: first the oldest changes are left out, then movements. Long
  /// sentences go on in the next line.
  func lines(in size: TerminalSize? = nil, without spared: Int = 0) -> [String] {
    let width = size?.columns ?? .max
    let head = nodes(width) + [style.dim(StatusTable.footer(summary, rates).cut(to: width))]
    guard let ring else { return head }
    let (moves, changes) = (movements(ring, width), changes(ring, width))
    guard let size else {
      return head + section("On the way", moves, Self.usualLines) + section("Changes of the view", changes, Self.usualLines)
    }
    // Each section has a blank line and its title.
    let room = max(2 * Self.fewestLines, size.lines - spared - head.count - 4)
    let moving = min(moves.count, max(Self.fewestLines, room - changes.count))
    return head + section("On the way", moves, moving) + section("Changes of the view", changes, max(Self.fewestLines, room - moving))
  }

  // MARK: Nodes

  private func nodes(_ width: Int) -> [String] {
    let told = Dictionary((ring?.nodes ?? []).map { ($0.id, $0) }) { first, _ in first }
    var rows = [["NODE", "STATE", "SHARDS", "", "LEASE", "BEAT", "THE OTHERS SAY", "ENTITIES", "CALLS/S", "UP"]]
    var worries: [Bool] = []
    for node in summary.nodes {
      let (words, isWorry) = told[node.id].map(RingWords.standing) ?? ("", false)
      worries.append(isWorry || !node.leaseValid || node.state != "active")
      rows.append([
        node.id.cut(to: StatusTable.longestName), StatusTable.state(of: node), node.shards.grouped,
        StatusTable.bar(node.shards, of: summary.shards, width: Self.barWidth), told[node.id].map(RingWords.lease) ?? "-",
        told[node.id].map(RingWords.lastBeat) ?? "-", words, node.entities.grouped,
        rates.perSecond[node.id].map { Int($0.rounded()).grouped } ?? "-", StatusTable.uptime(node.uptimeSeconds),
      ])
    }
    let table = StatusTable.aligned(rows, right: [2, 4, 5, 7, 8, 9]).map { LinksTable.plain($0).cut(to: width) }
    return [style.dim(table[0])] + zip(table.dropFirst(), worries).map { $1 ? style.warning($0) : $0 }
  }

  // MARK: What moves, and what changed

  private func movements(_ ring: RingStatus, _ width: Int) -> [String] {
    Self.sentences(RingWords.movements(ring).map { (["  \($0.who)"], $0.words) }, width)
  }

  private func changes(_ ring: RingStatus, _ width: Int) -> [String] {
    Self.sentences(ring.changes.map { (["  \(TimeOfDay.at($0.ended))", RingWords.epochs(of: $0)], RingWords.words(of: $0)) }, width)
  }

  /// Columns, and behind them a sentence that is broken between words where the terminal ends.
  private static func sentences(_ rows: [(columns: [String], words: String)], _ width: Int) -> [String] {
    let columns = StatusTable.aligned(rows.map(\.columns))
    let indent = (columns.map(\.count).max() ?? 0) + 2
    return zip(columns.map(LinksTable.plain), rows).flatMap { start, row in
      broken(LinksTable.plain(row.words), at: max(narrowest, width == .max ? .max : width - indent)).enumerated().map { number, part in
        (number == 0 ? start : "").padded(to: indent) + part
      }
    }
  }

  /// A narrower terminal cuts them.
  private static let narrowest = 20

  private static func broken(_ text: String, at width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private func section(_ title: String, _ lines: [String], _ limit: Int) -> [String] {
    guard !lines.isEmpty else { return ["", style.dim("\(title): nothing")] }
    let leftOut = lines.count - limit
    guard leftOut > 0 else { return ["", style.dim(title)] + lines }
    return ["", style.dim("\(title), \(leftOut.grouped) more")] + lines.prefix(limit)
  }

  /// What must change to be worth saying again where there is no terminal: who is there, how he stands, what moves and what changed; not
  /// how busy they are.
  static func shape(of summary: ClusterSummary, _ ring: RingStatus?) -> String {
    guard let ring else { return PlainStatus.shape(of: summary) }
    let standings = ring.nodes.map { "\($0.id) \(RingWords.standing(of: $0).words)" }
    let moves = RingWords.movements(ring).map(\.who)
    return ([PlainStatus.shape(of: summary)] + standings + moves + ["\(ring.changes.first?.epoch ?? 0)"]).joined(separator: ";")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
