// The cluster's state as lines of text. Pure; the same for `status` and for the lower edge of `up`.

struct StatusTable {
  /// Long names are cut rather than that a line breaks.
  static let longestName = 24
  static let barWidth = 20

  static func lines(_ summary: ClusterSummary, rates: CallRates?, style: TextStyle) -> [String] {
    var rows = [["NODE", "STATE", "SHARDS", "", "ENTITIES", "CALLS", "CALLS/S", "UP"]]
    for node in summary.nodes {
      rows.append([
        node.id.cut(to: longestName), state(of: node), "\(node.shards)", bar(node.shards, of: summary.shards), node.entities.grouped,
        node.calls.grouped, rates?.perSecond[node.id].map { Int($0.rounded()).grouped } ?? "-", uptime(node.uptimeSeconds),
      ])
    }
    let table = aligned(rows, right: [2, 4, 5, 6, 7])
    let body = zip(table.dropFirst(), summary.nodes).map { line, node in
      node.leaseValid && node.state == "active" ? line : style.warning(line)
    }
    return [style.dim(table[0])] + body + [style.dim(footer(summary, rates))]
  }

  static func state(of node: ClusterSummary.Node) -> String {
    node.leaseValid || node.state == "silent" ? node.state : "no lease"
  }

  static func footer(_ summary: ClusterSummary, _ rates: CallRates?) -> String {
    let unowned = summary.unowned == 0 ? "" : ", \(summary.unowned.grouped) without an owner"
    let calls = rates.map { " · \(Int($0.total.rounded()).grouped) calls/s" } ?? ""
    return "cluster \(summary.cluster) · epoch \(summary.epoch) · \(summary.shards.grouped) shards\(unowned)\(calls)"
  }

  static func bar(_ part: Int, of whole: Int, width: Int = barWidth) -> String {
    guard whole > 0, part > 0 else { return "" }
    return String(repeating: "█", count: max(1, min(width, (part * width + whole / 2) / whole)))
  }

  static func uptime(_ seconds: Int) -> String {
    switch seconds {
    case ..<60: "\(max(0, seconds)) s"
    case ..<3_600: "\(seconds / 60) min"
    case ..<86_400: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
    default: "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
    }
  }

  /// Columns of equal width, two spaces apart; no blanks at a line's end.
  static func aligned(_ rows: [[String]], right: Set<Int> = []) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() where widths[column] > 0 {
        if !line.isEmpty || column > 0 { line += "  " }
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        line += right.contains(column) ? blanks + cell : cell + blanks
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

extension BinaryInteger {
  /// "1,024".
  var grouped: String {
    let digits = Array(String(self.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + text
  }
}

extension String {
  func cut(to limit: Int) -> String {
    count <= limit ? self : prefix(limit - 1) + "…"
  }
}
