// Who owns which shard, as an SVG: a mosaic ring with a cell for each shard in its owner's colour, and inside it a thin ring
// that shows how much each owner has. One circle a node and row, dashed where the node owns something: 6 KB for three nodes.

struct RingPicture {
  let picture: ClusterPicture

  private static let outerRadius = 189
  private static let rowWidth = 16
  private static let shareRadius = 112
  /// Cells of one row before a further row is begun, and how many rows there are at most. 1,024 shards make 4 rows of 256.
  private static let columnsAtMost = 256
  private static let rowsAtMost = 4

  private var rows: Int {
    min(max(1, (picture.owners.count + Self.columnsAtMost - 1) / Self.columnsAtMost), Self.rowsAtMost)
  }
  private var columns: Int { (picture.owners.count + rows - 1) / rows }

  var svg: HTML {
    """
    <svg class="ring" viewBox="0 0 400 400" role="img" aria-label="\(sentence)">
    \(circles())
    <text x="200" y="200" class="count">\(Figures.grouped(picture.shardCount))</text><text x="200" y="224">shards</text>
    </svg>
    """
  }

  /// Without what stands in the middle. `marks`: further circles over the cells of some shards, by their class.
  func circles(marks: KeyValuePairs<String, Set<Int>> = [:]) -> HTML {
    let marked: [HTML] = marks.flatMap { mark, shards in shards.isEmpty ? [] : (0..<rows).map { self.mark(mark, shards, $0) } }
    return """
      <g transform="rotate(\(turn) 200 200)">\((0..<rows).map(row))\(marked)\(seams)</g>
      <g transform="rotate(-90 200 200)">\(shares)</g>
      """
  }

  // MARK: The mosaic

  /// The first shard begins at the top. A circle is drawn as four arcs, and a dash that ends where two of them meet is drawn
  /// with a notch: so everything is shifted half a cell along its circle, and turned back by as much.
  private var turn: String { "\(-90 - 180 / Double(max(columns, 1)))" }

  private static func radius(_ row: Int) -> Int { outerRadius - row * rowWidth }

  /// Shards go outside in and then on, so that neighbours in number are neighbours in the picture.
  private func row(_ row: Int) -> HTML {
    let cells = (0..<columns).map { column in
      let shard = column * rows + row
      return shard < picture.owners.count ? picture.owners[shard] : nil
    }
    let track: HTML = "<circle class=\"cells track\" cx=\"200\" cy=\"200\" r=\"\(Self.radius(row))\"/>"
    return HTML(
      [track]
        + picture.nodes.indices.map { node in
          let dashes = Self.dashes(cells.map { $0 == node })
          return dashes.isEmpty ? "" : circle(node, "cells", Self.radius(row), length: columns, dashes: dashes, shift: "-.5")
        })
  }

  private func mark(_ mark: String, _ shards: Set<Int>, _ row: Int) -> HTML {
    let dashes = Self.dashes((0..<columns).map { shards.contains($0 * rows + row) })
    guard !dashes.isEmpty else { return "" }
    return """
      <circle class="mark \(mark)" cx="200" cy="200" r="\(Self.radius(row))" pathLength="\(columns)" \
      stroke-dasharray="\(dashes.map(String.init).joined(separator: " "))" stroke-dashoffset="-.5"/>
      """
  }

  /// Fine lines in the colour of the ground between the columns.
  private var seams: HTML {
    guard columns > 1 else { return "" }
    let middle = Self.outerRadius - (rows - 1) * Self.rowWidth / 2
    return """
      <circle class="seams" cx="200" cy="200" r="\(middle)" pathLength="\(columns * 10)" stroke-width="\(rows * Self.rowWidth)" \
      stroke-dasharray="2 8" stroke-dashoffset="-4"/>
      """
  }

  // MARK: The shares

  private var shares: [HTML] {
    var start = 0
    let count = picture.owners.count
    let gap = picture.nodes.count > 1 ? max(1, count / 200) : 0
    return picture.nodes.indices.map { node in
      let owned = picture.owners.count { $0 == node }
      defer { start += owned }
      guard owned > gap else { return "" }
      return circle(node, "share", Self.shareRadius, length: count, dashes: [0, start, owned - gap, count])
    }
  }

  private func circle(_ node: Int, _ ring: String, _ radius: Int, length: Int, dashes: [Int], shift: String = "0") -> HTML {
    let list = dashes.map(String.init).joined(separator: " ")
    return """
      <circle class="\(ring) \(Self.colourClass(picture.nodes[node]))" cx="200" cy="200" r="\(radius)" pathLength="\(length)" \
      stroke-dasharray="\(list)" stroke-dashoffset="\(shift)"/>
      """
  }

  /// Lengths of dash and gap by turns, beginning with a dash (which may be 0 long).
  static func dashes(_ owned: [Bool]) -> [Int] {
    guard owned.contains(true) else { return [] }
    var lengths: [Int] = []
    var isDash = true
    var length = 0
    for one in owned {
      if one != isDash {
        lengths.append(length)
        isDash = one
        length = 0
      }
      length += 1
    }
    lengths.append(length)
    if isDash { lengths.append(0) }  // an even count, or the second turn of the pattern would begin with a gap
    return lengths
  }

  /// Twelve hues, then round again: beyond that the table tells nodes apart.
  static func colourClass(_ node: ClusterPicture.Node) -> String { "node-\(node.colour % 12)" }

  var sentence: String {
    let shares = picture.nodes.map { "\($0.id) owns \(Figures.grouped($0.shards))" }
    return "\(Figures.grouped(picture.shardCount)) shards: \(shares.joined(separator: ", "))"
  }
}
