// The operators' page: what keeps the processes of the cluster from speaking with each other comes first. Whole without a script
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
        <nav aria-label="For machines"><a href="/health/ready">ready</a> <a href="/links.json">links.json</a> \
        <a href="/metrics">metrics</a>\(opensEntities ? " <a href=\"/entities\">entities</a>" as HTML : "")</nav>
        """)
  }

  private var title: String {
    let open = picture.transport.status?.openBreakers.count ?? 0
    let name = picture.cluster.cluster.isEmpty ? "Operators" : "\(picture.cluster.cluster) · Operators"
    return open == 0 ? name : "(\(open) open) \(name)"
  }
}
