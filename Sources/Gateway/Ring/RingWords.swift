// The ring in words: the operators' page and `shopstream status --watch` say the same. Pure.

import Troupe

/// Shards of one node that are on their way, in words.
package struct RingMovement: Equatable, Sendable {
  package var from: String
  /// Where they go; nil when the node itself waits for them.
  package var to: String?
  /// Under way, and yet to begin.
  package var moving = 0
  package var planned = 0
  package var words: String

  /// "n1 → n2", or "n2".
  package var who: String { to.map { "\(from) → \($0)" } ?? from }
}

package enum RingWords {
  /// How a node stands with the others; `isWorry` when somebody should look.
  package static func standing(of node: RingStatus.Node) -> (words: String, isWorry: Bool) {
    let by = node.saidBy
    let names = by.prefix(namesAtMost).joined(separator: ", ") + (by.count > namesAtMost ? " and others" : "")
    return switch node.standing {
    case .believed: ("believed", false)
    case .untold: ("does not tell", false)
    case .doubted: ("doubted by \(names)", true)
    case .unbelieved: ("not believed by \(names)", true)
    case .leaseless: ("has no lease", true)
    case .silent: ("silent", true)
    case .fading: ("stands still for \(names)", true)
    case .suspected: ("suspected by \(names)", true)
    }
  }

  /// In a word or two.
  package static func short(_ standing: RingStanding) -> String {
    switch standing {
    case .believed: "believed"
    case .untold: "untold"
    case .doubted: "doubted"
    case .unbelieved: "unbelieved"
    case .leaseless: "no lease"
    case .silent: "silent"
    case .fading: "stands still"
    case .suspected: "suspected"
    }
  }

  private static let namesAtMost = 3

  /// What is left of its lease: "1.2 s", or "none".
  package static func lease(of node: RingStatus.Node) -> String {
    node.report.map { $0.lease > .zero ? seconds($0.lease) : "none" } ?? "-"
  }

  package static func lastBeat(of node: RingStatus.Node) -> String {
    node.lastBeat.map(seconds) ?? "-"
  }

  /// In tenths of a second: what ticks keeps its width, and its place in the row.
  private static func seconds(_ duration: Duration) -> String {
    let tenths = Int((duration / .milliseconds(100)).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) s" : Figures.time(tenths / 10)
  }

  // MARK: Shards on their way

  package static func movements(_ status: RingStatus) -> [RingMovement] {
    status.nodes.flatMap { node in node.report.map { leaving($0) + arriving($0) } ?? [] }
  }

  private static func leaving(_ report: RingReport) -> [RingMovement] {
    let gifts = Dictionary(report.toGive.map { ($0.to, $0.count) }, uniquingKeysWith: +)
    let handoffs = Dictionary(grouping: report.leaving) { $0.to ?? "nobody" }
    return Set(handoffs.keys).union(gifts.keys).sorted().map { target in
      let parts = (handoffs[target] ?? []).map { "\(shards($0.count)) \($0.step)" }
      let planned = gifts[target] ?? 0
      let rest = planned == 0 ? [] : [parts.isEmpty ? "\(shards(planned)) to go" : "\(Figures.grouped(planned)) more to go"]
      return RingMovement(
        from: report.node, to: target, moving: (handoffs[target] ?? []).reduce(0) { $0 + $1.count }, planned: planned,
        words: (parts + rest).joined(separator: ", "))
    }
  }

  private static func arriving(_ report: RingReport) -> [RingMovement] {
    guard !report.arriving.isEmpty else { return [] }
    let words = report.arriving.map { part in
      let count = shards(part.count)
      return switch part.step {
      case "waiting": "\(count) \(part.count == 1 ? "waits" : "wait")\(reason(report))"
      case "taking": "\(count) being taken over"
      case "fenced": "\(count) taken over, logs not read yet"
      case "reading": "\(count) being read"
      case "doubted": "\(count) in doubt: another has raised the fence"
      default: "\(count) \(part.step)"
      }
    }
    return [RingMovement(from: report.node, moving: report.arriving.reduce(0) { $0 + $1.count }, words: words.joined(separator: ", "))]
  }

  private static func reason(_ report: RingReport) -> String {
    guard report.lease > .zero else { return " for a lease of its own" }
    guard !report.leaseWaits.isEmpty else { return "" }
    let names = report.leaseWaits.prefix(namesAtMost).map(\.node).joined(separator: ", ")
    let left = report.leaseWaits.compactMap(\.left).max()
    return " for the lease of \(names) to run out\(left.map { ", \(Figures.brief($0)) at most" } ?? "")"
  }

  private static func shards(_ count: Int) -> String { "\(Figures.grouped(count)) \(count == 1 ? "shard" : "shards")" }

  // MARK: Changes

  /// "epoch 41", or "epochs 12 to 41" of one that was seen as a whole.
  package static func epochs(of change: ViewChange) -> String {
    let first = change.since == 0 ? change.epoch : change.since + 1
    return first >= change.epoch
      ? "epoch \(Figures.grouped(change.epoch))" : "epochs \(Figures.grouped(first)) to \(Figures.grouped(change.epoch))"
  }

  package static func words(of change: ViewChange) -> String { change.words.joined(separator: "; ") }
}
