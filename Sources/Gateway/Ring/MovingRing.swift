// The ring as the landing page has it, with what is on its way: cells that are not served yet are hollow, cells on their way out have a
// line, arrows inside go from who gives to who gets, and nodes that somebody worries about have a word under their name.

import Foundation
import Troupe

struct MovingRing {
  let base: ClusterPicture
  let status: RingStatus?

  /// With more nodes their names would lie on each other: the table has them.
  private static let namedNodes = 12
  /// Names are wider than high: they may come nearer to the ring at its sides.
  private static let nameRadius = (x: 97.0, y: 88.0)
  private static let arrowRadius = 46.0
  private static let longestName = 12

  var svg: HTML {
    let ring = RingPicture(picture: base)
    return """
      <svg class="ring moving" viewBox="0 0 400 400" role="img" aria-label="\(ring.sentence)\(motion)">
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">\
      <path d="M0 0L8 4L0 8z"/></marker></defs>
      \(ring.circles(marks: ["arriving": arriving, "leaving": leaving]))
      \(arrows)\(names)
      </svg>
      """
  }

  /// What moves, for who cannot see the arrows.
  private var motion: String {
    let all = status.map(RingWords.movements) ?? []
    return all.isEmpty ? "" : ". " + all.prefix(Self.namedNodes).map { "\($0.who): \($0.words)" }.joined(separator: ". ")
  }

  private var arriving: Set<Int> { marked { $0.arriving.flatMap(\.shards) } }
  private var leaving: Set<Int> { marked { $0.leaving.flatMap(\.shards) } }

  private func marked(_ shards: (RingReport) -> [UInt16]) -> Set<Int> {
    Set((status?.nodes ?? []).flatMap { $0.report.map(shards) ?? [] }.map(Int.init))
  }

  // MARK: Names and arrows

  /// The middle of each node's share, in turns from the top.
  private var middles: [String: Double] {
    var (start, middles) = (0, [String: Double]())
    let whole = Double(max(1, base.owners.count))
    let owned = Dictionary(grouping: base.owners.compactMap { $0 }) { $0 }.mapValues(\.count)
    for (index, node) in base.nodes.enumerated() {
      let count = owned[index] ?? 0
      middles[node.id] = (Double(start) + Double(count) / 2) / whole
      start += count
    }
    return middles
  }

  private static func point(_ turn: Double, _ radius: Double) -> (x: Double, y: Double) {
    (200 + radius * sin(turn * 2 * .pi), 200 - radius * cos(turn * 2 * .pi))
  }

  private static func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

  private var names: [HTML] {
    guard base.nodes.count <= Self.namedNodes else { return [] }
    let middles = middles
    return base.nodes.map { node in
      let turn = middles[node.id] ?? 0
      let (x, y) = (Self.point(turn, Self.nameRadius.x).x, Self.point(turn, Self.nameRadius.y).y)
      // Names lie inside the ring, whatever their length.
      let side = sin(turn * 2 * .pi)
      let anchor = side > 0.35 ? " end" : side < -0.35 ? " start" : ""
      let told = status?.nodes.first { $0.id == node.id }
      let isWorry = told.map { RingWords.standing(of: $0).isWorry } ?? false
      let word = told.map { RingWords.short($0.standing) } ?? ""
      let name = node.id.count <= Self.longestName ? node.id : String(node.id.prefix(Self.longestName - 1)) + "…"
      let place = (Self.tenths(x), Self.tenths(y + 4))
      // On the side that is away from the ring.
      let wordY = Self.tenths(y > 260 ? y - 11 : y + 18)
      let worry: HTML = isWorry ? "<text class=\"worry\(anchor)\" x=\"\(place.0)\" y=\"\(wordY)\">\(word)</text>" : ""
      return "<text class=\"name\(anchor)\" x=\"\(place.0)\" y=\"\(place.1)\">\(name)</text>\(worry)"
    }
  }

  private var arrows: [HTML] {
    let middles = middles
    return (status.map(RingWords.movements) ?? []).prefix(AdminParts.rowLimit).compactMap { move in
      guard let to = move.to, let start = middles[move.from], let end = middles[to] else { return nil }
      let (a, b) = (Self.point(start, Self.arrowRadius), Self.point(end, Self.arrowRadius))
      // Bent to the right of its way, so that two which go both ways do not lie on each other.
      let middle = (x: (a.x + b.x) / 2 - (b.y - a.y) * 0.15, y: (a.y + b.y) / 2 + (b.x - a.x) * 0.15)
      let count = move.moving + move.planned
      return """
        <path class="arrow \(move.moving > 0 ? "now" : "planned")" marker-end="url(#tip)" d="M\(Self.tenths(a.x)) \(Self.tenths(a.y))\
        Q\(Self.tenths(middle.x)) \(Self.tenths(middle.y)) \(Self.tenths(b.x)) \(Self.tenths(b.y))"/>\
        <text class="load" x="\(Self.tenths((a.x + b.x) / 4 + middle.x / 2))" y="\(Self.tenths((a.y + b.y) / 4 + middle.y / 2 + 4))">\
        \(Figures.grouped(count))</text>
        """
    }
  }
}
