// Who owns which shard, as an SVG: the outer ring has a mark for each shard in its owner's colour, the inner one shows how
// much each owner has. One circle a node and ring, dashed where the node owns something: 2 KB for a thousand shards.

struct RingPicture {
  let picture: ClusterPicture

  private static let size = 400
  private static let outerRadius = 178
  private static let innerRadius = 146

  var svg: HTML {
    """
    <svg class="ring" viewBox="0 0 \(Self.size) \(Self.size)" role="img" aria-label="\(sentence)">
    <circle class="track outer" cx="200" cy="200" r="\(Self.outerRadius)"/>
    <circle class="track inner" cx="200" cy="200" r="\(Self.innerRadius)"/>
    <g transform="rotate(-90 200 200)">\(picture.nodes.indices.map(outer))\(shares)</g>
    </svg>
    """
  }

  private func outer(_ node: Int) -> HTML {
    let dashes = Self.dashes(picture.owners.map { $0 == node })
    guard !dashes.isEmpty else { return "" }
    return circle(node, "outer", Self.outerRadius, length: picture.owners.count, dashes: dashes)
  }

  private var shares: [HTML] {
    var start = 0
    let gap = picture.nodes.count > 1 ? max(1, picture.owners.count / 300) : 0
    return picture.nodes.indices.map { node in
      let count = picture.owners.count { $0 == node }
      defer { start += count }
      guard count > gap else { return "" }
      return circle(node, "inner", Self.innerRadius, length: picture.owners.count, dashes: [0, start, count - gap, picture.owners.count])
    }
  }

  private func circle(_ node: Int, _ ring: String, _ radius: Int, length: Int, dashes: [Int]) -> HTML {
    let list = dashes.map(String.init).joined(separator: " ")
    return """
      <circle class="\(ring) \(Self.colourClass(picture.nodes[node]))" cx="200" cy="200" r="\(radius)" pathLength="\(length)" \
      stroke-dasharray="\(list)"/>
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

  private var sentence: String {
    let shares = picture.nodes.map { "\($0.id) owns \(Figures.grouped($0.shards))" }
    return "\(Figures.grouped(picture.shardCount)) shards: \(shares.joined(separator: ", "))"
  }
}
