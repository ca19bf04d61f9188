// The operators' page: what is wrong stands first, in colour and in words; who may see it is the admin listener's rule.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import TroupeJSON

@testable import Gateway
@testable import Troupe
@testable import TroupeTransport

@Suite("The operators' page") struct AdminPageTests {
  private static func page(_ status: TransportStatus?, _ change: (inout AdminPicture) -> Void = { _ in }) -> String {
    var cluster = ClusterPicture.threeNodes
    cluster.isReachable = true
    var picture = AdminPicture(cluster: cluster, transport: TransportPicture(status: status))
    change(&picture)
    return AdminPage(picture: picture, assets: AdminAssets(), opensEntities: true).html.text
  }

  @Test("a cluster that is well says so")
  func calm() {
    let page = Self.page(.calm)
    #expect(page.contains(#"<p class="state good">All is well: no breaker is open, every node answers</p>"#))
    #expect(page.contains("No breaker is open: every call goes out at once."))
    #expect(page.contains("Nobody has drawn on a retry budget."))
    #expect(page.contains("<title>dev · Operators</title>"))
    #expect(!page.contains("class=\"alerts\"") && !page.contains("class=\"alarm\""))
    #expect(page.contains("http-equiv=\"refresh\" content=\"5\""), "it is whole without a script")
  }

  @Test("breakers that hold calls back stand at the top, open ones first, with the word beside the colour")
  func open() throws {
    let page = Self.page(.troubled)
    let open = try #require(page.firstRange(of: #"<li class="open"><strong>OPEN</strong> <span class="who">gateway → n2</span>"#))
    let half = try #require(page.firstRange(of: #"<li class="half-open"><strong>HALF-OPEN</strong> <span class="who">gateway → n1</span>"#))
    let silent = try #require(page.firstRange(of: #"<strong>SILENT</strong> <span class="who">n3</span> <span>n3 cannot be reached"#))
    let closed = try #require(page.firstRange(of: "1 closed breaker that saw failures"))
    let nodes = try #require(page.firstRange(of: "<h2 id=\"nodes\">"))
    #expect(open.lowerBound < half.lowerBound && half.lowerBound < silent.lowerBound && silent.lowerBound < closed.lowerBound)
    #expect(closed.lowerBound < nodes.lowerBound)
    #expect(page.contains("all calls held back for 3 s, after 7 failures in a row; opened twice. The next probe may go in 400 ms."))
    #expect(page.contains("calls to order held back for 20 ms, after 6 failures in a row; opened 4 times. One call is out as a probe."))
    #expect(page.contains(#"<p class="state bad">2 breakers are not closed: n2, order on n1</p>"#))
    #expect(page.contains("<title>(2 open) dev · Operators</title>"))
    #expect(page.contains(#"<span class="alarm">connecting</span>"#) && page.contains(#"<span class="alarm">behind</span>"#))
    #expect(page.contains(#"<span class="alarm">0</span>"#), "a spent budget")
  }

  @Test("a link between two that both tell is listed once")
  func once() {
    let page = Self.page(.calm)
    #expect(page.contains("→ n1") && page.contains("→ n2") && !page.contains("← "))
  }

  @Test("without an answer it says why, and keeps what it knew")
  func trouble() {
    let page = Self.page(.calm) { $0.transport.trouble = "no route" }
    #expect(page.contains(#"<p class="state bad">The cluster does not answer: no route</p>"#) && page.contains("→ n1"))
    #expect(Self.page(nil).contains("There are no links yet."))
  }

  @Test("names chosen elsewhere are escaped")
  func escaping() {
    var status = TransportStatus.troubled
    status.processes[2].breakers[2] = CallReport.Breaker(
      loop: 0, peer: "<b>", kind: "<script>", state: .open, since: .zero, failuresInARow: 1, openings: 1, retryAfter: .zero)
    status.processes[0].name = "<i>"
    status.processes[0].links[0].peer = "<u>"
    status.processes[0].links[0].address = "<a>"
    status.silent[0].reason = "<s>"
    let page = Self.page(status)
    for tag in ["<b>", "<script>", "<i>", "<u>", "<a>", "<s>"] { #expect(!page.contains(tag), "\(tag)") }
  }

  @Test("long lists are cut and counted")
  func bounds() {
    var status = TransportStatus.calm
    status.processes[2].links = (0..<500).map { .madeUp("n1", number: UInt64($0)) }
    status.processes[2].linksLeftOut = 7
    #expect(Self.page(status).contains("309 links more."))
    #expect(AdminStyle.text.utf8.count < 12_288)
  }

  @Test("only parts that have changed are sent again")
  func parts() {
    let picture = AdminPicture(cluster: .threeNodes, transport: TransportPicture(status: .calm))
    #expect(AdminParts(picture: picture).changed(since: nil).count == 13)
    #expect(AdminParts(picture: picture).changed(since: picture).isEmpty)
    var next = picture
    next.transport.status?.processes[2].breakers = TransportStatus.troubled.processes[2].breakers
    #expect(AdminParts(picture: next).changed(since: picture).map(\.name) == ["state", "breakers"])
  }

  @Test("it is served by the admin listener, with its assets, as a document, and as a stream")
  func routes() async throws {
    let test = TestGateway()
    test.cluster.set(\.transport, .troubled)
    await test.gateway.pulse.look()
    try await test.admin { client in
      let page = try await client.get("/")
      #expect(page.status == .ok && page.text.contains("<strong>OPEN</strong>"))
      #expect(page.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
      for path in page.text.matches(of: /\/assets\/[a-z0-9.-]+/).map({ String($0.output) }) {
        #expect(try await client.get(path).headers[.cacheControl] == "public, max-age=31536000, immutable")
      }
      let document = try await client.get("/links.json")
      guard case .array(let processes)? = document["processes"], case .array(let silent)? = document["silent"] else {
        Issue.record("\(document.text)")
        return
      }
      #expect(processes.count == 3 && silent == [["name": "n3", "reason": "n3 cannot be reached"]])
      #expect(document.text.contains(#""state":"halfOpen""#))
    }
    try await test.open { client in
      let (page, document) = (try await client.get("/").text, try await client.get("/links.json").status)
      #expect(!page.contains("Operators") && document == .notFound, "the public page is another")
    }
  }

  @Test("pages of other sites may not read it")
  func foreign() async throws {
    try await TestGateway().admin { client in
      for path in ["/", "/links.json", "/ring.json", "/live"] {
        expectProblem(try await client.get(path, [HTTPField.Name("origin")!: "https://evil.example"]), .foreignOrigin)
      }
    }
  }
}
