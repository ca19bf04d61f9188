// The parts of the landing page that change, each by its name in the page.

struct LandingParts {
  let picture: ClusterPicture

  /// In the order of the page. The ring is the large one, and changes only with the view.
  func changed(since before: ClusterPicture?) -> [(name: String, html: HTML)] {
    var parts: [(name: String, html: HTML)] = [("state", state), ("figures", figures), ("nodes", nodes), ("rate", rate)]
    if before?.owners != picture.owners || before?.nodes.map(\.colour) != picture.nodes.map(\.colour) { parts.append(("ring", ring)) }
    if let before {
      let old = LandingParts(picture: before)
      let same = ["state": old.state, "figures": old.figures, "nodes": old.nodes, "rate": old.rate]
      parts.removeAll { same[$0.name] == $0.html }
    }
    return parts
  }

  var state: HTML {
    let mood = picture.isReady && picture.servingNodes == picture.nodes.count ? "good" : picture.isReachable ? "warn" : "bad"
    return "<p class=\"state \(mood)\">\(picture.summary)</p>"
  }

  var ring: HTML { RingPicture(picture: picture).svg }

  var rate: HTML {
    let peak = Figures.rate(picture.history.max() ?? 0)
    return """
      <h2>Calls a second <span class="quiet">last two minutes, at most \(peak)</span></h2>
      \(RatePicture(history: picture.history).svg)
      """
  }

  var figures: HTML {
    """
    <dl class="figures">
    <div class="main"><dt>calls a second</dt><dd>\(Figures.rate(picture.callsPerSecond))</dd></div>
    <div><dt>durable a second</dt><dd>\(Figures.rate(picture.durablePerSecond))</dd></div>
    <div><dt>entities in memory</dt><dd>\(Figures.grouped(picture.entities))</dd></div>
    <div><dt>epoch</dt><dd>\(Figures.grouped(picture.epoch))</dd></div>
    </dl>
    """
  }

  var nodes: HTML {
    guard !picture.nodes.isEmpty else { return "<p class=\"quiet\">No node has been seen yet.</p>" }
    return """
      <table aria-labelledby="nodes">
      <thead><tr><th scope="col">node</th><th scope="col">state</th><th scope="col" class="number">shards</th>\
      <th scope="col" class="number">entities</th><th scope="col" class="number">calls/s</th>\
      <th scope="col" class="number">durable/s</th><th scope="col" class="number">up</th></tr></thead>
      <tbody>\(picture.nodes.map(row))</tbody>
      </table>
      """
  }

  private func row(_ node: ClusterPicture.Node) -> HTML {
    let place = [node.zone, node.address, node.version].filter { !$0.isEmpty }.joined(separator: " · ")
    let state = node.isServing ? node.state : "no lease"
    return """
      <tr><th scope="row"><span class="dot \(RingPicture.colourClass(node))" aria-hidden="true"></span>\(node.id)\
      <small>\(place)</small></th>\
      <td data-label="state"><span class="\(node.isServing ? "plain" : "alarm")">\(state)</span></td>\
      <td data-label="shards" class="number">\(Figures.grouped(node.shards))\
      <small>\(Figures.percent(node.shards, of: picture.shardCount))</small></td>\
      <td data-label="entities" class="number">\(Figures.grouped(node.entities))</td>\
      <td data-label="calls/s" class="number">\(Figures.rate(node.callsPerSecond))</td>\
      <td data-label="durable/s" class="number">\(Figures.rate(node.durablePerSecond))</td>\
      <td data-label="up" class="number">\(Figures.time(node.uptime))</td></tr>
      """
  }
}
