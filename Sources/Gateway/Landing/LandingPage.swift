// The page at `/`: what the cluster is doing now. Whole without a script (it then reloads itself every five seconds); with
// one, the parts marked `data-live` are replaced by what `/live` sends, which is the same HTML.

struct LandingPage {
  let picture: ClusterPicture
  let assets: LandingAssets
  /// As the reader reached us, for the example.
  let host: String

  var html: HTML {
    PageFrame(title: title, style: assets.stylePath, script: assets.scriptPath).page(
      header: """
        <h1>Shopstream <span class="quiet">\(picture.cluster)</span></h1>
        <div data-live="state" role="status">\(LandingParts(picture: picture).state)</div>
        """,
      main: """
        <section class="overview" aria-label="The cluster">
        <figure data-live="ring">\(LandingParts(picture: picture).ring)</figure>
        <div data-live="figures">\(LandingParts(picture: picture).figures)</div>
        </section>
        <section>
        <h2 id="nodes">Nodes</h2>
        <div data-live="nodes">\(LandingParts(picture: picture).nodes)</div>
        </section>
        <section data-live="rate">\(LandingParts(picture: picture).rate)</section>
        <section>
        <h2>Try it</h2>
        <pre tabindex="0"><code>curl -H 'content-type: application/json' \\
          -d '{"sku":"mug","quantity":2}' \\
          http://\(host)/carts/alice/lines

        curl http://\(host)/carts/alice</code></pre>
        </section>
        """,
      footer: """
        <nav aria-label="For machines"><a href="/health/ready">ready</a> <a href="/status.json">status.json</a> \
        <a href="/metrics">metrics</a></nav>
        """)
  }

  private var title: String { picture.cluster.isEmpty ? "Shopstream" : "\(picture.cluster) · Shopstream" }
}
