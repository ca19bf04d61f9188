// The operators' page: what keeps the processes of the cluster from speaking with each other comes first, then the ring. Whole without a script
// (it then reloads itself every five seconds).

struct AdminPage {
  let picture: AdminPicture
  let assets: AdminAssets
  let opensEntities: Bool

  var html: HTML {
    let parts = AdminParts(picture: picture)
    return PageFrame(title: title, style: assets.stylePath, script: assets.scriptPath).page(
      header: """
        <h1>Operators <span class="quiet">\(picture.cluster.cluster)</span></h1>
        <div data-live="state" role="status">\(parts.state)</div>
        """,
      main: """
        <section aria-labelledby="breakers">
        <h2 id="breakers">Breakers</h2>
        <div data-live="breakers">\(parts.breakers)</div>
        </section>
        <section aria-labelledby="ring">
        <h2 id="ring">Ring <span class="quiet">who owns which shards, and how each node stands with the others</span></h2>
        <div class="circle">
        <figure data-live="ring">\(parts.ring.ring)</figure>
        <div>
        <div data-live="members">\(parts.ring.members)</div>
        <h3 id="movements">On the way</h3>
        <div data-live="movements">\(parts.ring.movements)</div>
        </div>
        </div>
        <p class="quiet">Hollow cells are not served yet; cells with a line are on their way out. Arrows go from who gives to who gets, with the
        number of shards.</p>
        </section>
        <section aria-labelledby="changes">
        <h2 id="changes">Changes of the view <span class="quiet">the last that the nodes have seen, the newest first</span></h2>
        <div data-live="changes" class="scroll" tabindex="0" role="region" aria-labelledby="changes">\(parts.ring.changes)</div>
        </section>
        <section aria-labelledby="sagas">
        <h2 id="sagas">Sagas <span class="quiet">workflows under way</span></h2>
        <div data-live="sagas">\(parts.sagas)</div>
        </section>
        <section>
        <h2 id="consumers">Consumers <span class="quiet">groups that read the logs; counted since the nodes started</span></h2>
        <div data-live="consumers">\(parts.consumers)</div>
        </section>
        <section>
        <h2 id="nodes">Nodes</h2>
        <div data-live="nodes">\(parts.nodes)</div>
        </section>
        <section>
        <h2 id="links">Links</h2>
        <div data-live="links">\(parts.links)</div>
        </section>
        <section>
        <h2 id="queues">Queues <span class="quiet">calls since the process started; what waits now, of what may</span></h2>
        <div data-live="queues">\(parts.queues)</div>
        </section>
        <section>
        <h2 id="calls">Calls that processes make <span class="quiet">since they started</span></h2>
        <div data-live="calls">\(parts.calls)</div>
        </section>
        <section>
        <h2 id="budgets">Retry budgets</h2>
        <div data-live="budgets">\(parts.budgets)</div>
        </section>
        """,
      footer: """
        <nav aria-label="For machines"><a href="/health/ready">ready</a> <a href="/ring.json">ring.json</a> <a href="/links.json">links.json</a> \
        <a href="/metrics">metrics</a>\(opensEntities ? " <a href=\"/entities\">entities</a>" as HTML : "")</nav>
        """)
  }

  private var title: String {
    let open = picture.transport.status?.openBreakers.count ?? 0
    let name = picture.cluster.cluster.isEmpty ? "Operators" : "\(picture.cluster.cluster) · Operators"
    return open == 0 ? name : "(\(open) open) \(name)"
  }
}
