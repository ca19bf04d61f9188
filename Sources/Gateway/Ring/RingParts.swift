// The ring on the operators' page: who owns what, what moves, how each node stands with the others, what changed last. Each part by
// itself, as the live stream sends them.

import Troupe

struct RingParts {
  let sight: RingSight
  /// Whose colours the nodes have, and what is known without the nodes' telling.
  let cluster: ClusterPicture

  var ring: HTML {
    MovingRing(base: base, status: sight.status).svg
  }

  /// The view that the nodes' reports belong to, in the colours of the pulse's picture.
  private var base: ClusterPicture {
    guard let status = sight.status else { return cluster }
    var (base, colours) = (cluster, [String: Int]())
    for node in cluster.nodes { colours[node.id] = node.colour }
    base.shardCount = status.shardCount
    base.owners = status.owners.map { Int($0) < status.nodes.count ? Int($0) : nil }
    base.nodes = status.nodes.map { node in
      var shown = ClusterPicture.Node(id: node.id)
      (shown.shards, shown.colour) = (node.shards, colours[node.id] ?? cluster.nodes.count)
      return shown
    }
    return base
  }

  private var trouble: HTML {
    sight.trouble.map { "<p class=\"trouble\">The nodes do not tell of the ring: \($0)</p>" } ?? ""
  }

  // MARK: Nodes

  var members: HTML {
    guard let status = sight.status else { return "\(trouble)<p class=\"quiet\">No node has told of the ring yet.</p>" }
    let nodes = Array(zip(status.nodes, base.nodes).prefix(AdminParts.rowLimit))
    let leftOut = status.nodes.count - nodes.count
    return """
      \(trouble)<table aria-labelledby="ring">
      <thead><tr><th scope="col">node</th><th scope="col">the others say</th><th scope="col" class="number">shards</th>\
      <th scope="col" class="number">lease</th><th scope="col" class="number">last beat</th></tr></thead>
      <tbody>\(nodes.map { row($0, $1, status) })</tbody>
      </table>\(leftOut == 0 ? "" as HTML : "<p class=\"quiet\">\(AdminParts.counted(leftOut, "node")) more.</p>")
      """
  }

  private func row(_ node: RingStatus.Node, _ shown: ClusterPicture.Node, _ status: RingStatus) -> HTML {
    let (words, isWorry) = RingWords.standing(of: node)
    let isActive = node.state == "active"
    let facts = [
      isActive ? "" : node.state, node.weight == 1 ? "" : "weighs \(node.weight)",
      node.pinned == 0 ? "" : "\(Figures.grouped(node.pinned)) pinned",
      node.report.map { $0.epoch == status.epoch ? "" : "at epoch \($0.epoch)" } ?? "",
    ].filter { !$0.isEmpty }.joined(separator: " · ")
    return """
      <tr><th scope="row"><span class="dot \(RingPicture.colourClass(shown))" aria-hidden="true"></span>\(node.id)\
      <small>\(facts)</small></th>\
      <td data-label="the others say"><span class="\(isWorry ? "alarm" : "plain")">\(words)</span><small>\(node.silence ?? "")</small></td>\
      <td data-label="shards" class="number">\(Figures.grouped(node.shards))\
      <small>\(Figures.percent(node.shards, of: status.shardCount))</small></td>\
      <td data-label="lease" class="number">\(RingWords.lease(of: node))</td>\
      <td data-label="last beat" class="number">\(RingWords.lastBeat(of: node))</td></tr>
      """
  }

  // MARK: Shards on their way

  var movements: HTML {
    guard let status = sight.status else { return "" }
    let all = RingWords.movements(status)
    let unowned = status.owners.count { Int($0) >= status.nodes.count }
    let orphans: HTML =
      unowned == 0 ? "" : "<p class=\"trouble\">\(AdminParts.counted(unowned, "shard")) \(unowned == 1 ? "has" : "have") no owner.</p>"
    guard !all.isEmpty else { return "\(orphans)<p class=\"calm\">Nothing moves: every shard is where it should be.</p>" }
    return """
      \(orphans)<ul class="moves">\(all.prefix(AdminParts.rowLimit).map { move -> HTML in
        "<li><span class=\"who\">\(move.who)</span> <span>\(move.words)</span></li>"
      })</ul>
      """
  }

  // MARK: What changed last

  var changes: HTML {
    guard let status = sight.status, !status.changes.isEmpty else { return "<p class=\"quiet\">No node has told of a change yet.</p>" }
    return """
      <ol class="log">\(status.changes.map { change -> HTML in
        """
        <li>\(AdminParts.time(change.ended)) <span class="quiet">\(RingWords.epochs(of: change))</span> \
        <span class="said">\(RingWords.words(of: change))</span></li>
        """
      })</ol>
      """
  }
}
