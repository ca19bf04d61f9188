// The ring on the operators' page: as a picture, in words, as a document, and asked for once, however many look.

import Foundation
import Hummingbird
import HummingbirdTesting
import Testing
import TroupeJSON

@testable import Gateway
@testable import Troupe

@Suite("The ring on the operators' page") struct RingTests {
  private static func page(_ status: RingStatus?, _ change: (inout AdminPicture) -> Void = { _ in }) -> String {
    var cluster = ClusterPicture.threeNodes
    cluster.isReachable = true
    var picture = AdminPicture(cluster: cluster, transport: TransportPicture(status: .calm), ring: RingSight(status: status))
    change(&picture)
    return AdminPage(picture: picture, assets: AdminAssets(), opensEntities: true).html.text
  }

  @Test("a ring at rest: everybody is believed, nothing moves, and the log tells what was")
  func calm() {
    let page = Self.page(.calm)
    #expect(page.contains(#"<td data-label="the others say"><span class="plain">believed</span>"#))
    #expect(page.contains(#"<td data-label="lease" class="number">1.3 s</td>"#))
    #expect(page.contains(#"<td data-label="last beat" class="number">0.2 s</td>"#))
    #expect(page.contains("Nothing moves: every shard is where it should be."))
    #expect(page.contains("epochs 4 to 7</span> <span class=\"said\">341 shards went from n1 to n3</span>"))
    #expect(page.contains("2026-01-01 00:00:04 UTC"), "when the last of it was seen")
    #expect(!page.contains("class=\"arrow") && !page.contains("class=\"worry") && !page.contains("class=\"alarm\""))
    #expect(page.contains("<text class=\"name\"") && page.contains(">n1</text>"))
    #expect(page.contains("All is well: no breaker is open, every node answers"))
  }

  @Test("what moves is drawn, listed and told to who cannot see it")
  func moving() {
    let page = Self.page(.troubled)
    #expect(page.contains(#"<span class="who">n1 → n2</span> <span>2 shards sealed, 112 more to go</span>"#))
    #expect(
      page.contains(
        #"<span class="who">n1</span> <span>1 shard waits for the lease of n0 to run out, 800 ms at most, 2 shards being read</span>"#))
    #expect(page.contains(#"<path class="arrow now" marker-end="url(#tip)""#) && page.contains(">114</text>"))
    #expect(page.contains(#"<circle class="mark leaving""#) && page.contains(#"<circle class="mark arriving""#))
    #expect(page.contains("n1 → n2: 2 shards sealed, 112 more to go. n1: 1 shard waits"), "in the picture's label")
  }

  @Test("a suspicion stands in the head, in the table and in the picture, in words")
  func suspicion() {
    let page = Self.page(.troubled)
    #expect(page.contains(#"<p class="state bad">n3 is suspected by n1</p>"#))
    #expect(page.contains(#"<span class="alarm">suspected by n1</span><small>n3 cannot be reached</small>"#))
    #expect(page.contains(#"<td data-label="last beat" class="number">1.1 s</td>"#), "the youngest that anybody has seen")
    #expect(page.contains(#"<text class="worry"#) && page.contains(">suspected</text>"))
  }

  @Test("nodes of a version that does not tell are no reason to worry")
  func untold() {
    var status = RingStatus.calm
    (status.nodes[1].report, status.nodes[1].silence) = (nil, "this node does not know what question 17 is about")
    status.judge()
    let page = Self.page(status)
    #expect(page.contains(#"<span class="plain">does not tell</span><small>this node does not know what question 17 is about</small>"#))
    #expect(!page.contains("class=\"alarm\""))
  }

  @Test("without an answer it says why, keeps what it knew, and shows the owners in any case")
  func trouble() {
    let page = Self.page(nil) { $0.ring.trouble = "no route" }
    #expect(page.contains("The nodes do not tell of the ring: no route") && page.contains("1,024 shards: n1 owns"))
    let old = Self.page(.calm) { $0.ring.trouble = "no route" }
    #expect(old.contains("no route") && old.contains("341 shards went from n1 to n3"))
  }

  @Test("names and sentences from elsewhere are escaped")
  func escaping() {
    var status = RingStatus.troubled
    status.nodes[0].id = "<i>"
    status.nodes[0].report?.node = "<i>"
    status.nodes[0].report?.leaving[0].to = "<u>"
    status.nodes[0].report?.leaving[0].step = "<b>"
    status.nodes[0].report?.leaseWaits[0].node = "<a>"
    status.nodes[2].silence = "<script>"
    status.changes[0].words = ["<em>"]
    let page = Self.page(status)
    for tag in ["<i>", "<u>", "<b>", "<a>", "<script>", "<em>"] { #expect(!page.contains(tag), "\(tag)") }
    #expect(page.contains("&lt;em&gt;") && page.contains("&lt;i&gt; → &lt;u&gt;"))
  }

  @Test("long lists are cut and counted, and names that would lie on each other are left to the table")
  func bounds() {
    var status = RingStatus.calm
    status.nodes = (0..<300).map { .madeUp("node-\($0)", shards: 3, peers: []) }
    let page = Self.page(status)
    #expect(page.contains("100 nodes more.") && !page.contains("<text class=\"name\""))
    #expect(page.utf8.count < 400_000)
  }

  @Test("parts that have not changed are not sent again")
  func parts() {
    let picture = AdminPicture(cluster: .threeNodes, transport: TransportPicture(status: .calm), ring: RingSight(status: .calm))
    var next = picture
    next.ring.status?.nodes[0].report?.lease = .milliseconds(1_000)
    #expect(AdminParts(picture: next).changed(since: picture).map(\.name) == ["members"], "a lease that ticks redraws no ring")
    next = picture
    next.ring.status?.changes.insert(ViewChange(since: 7, epoch: 8, began: 0, ended: 0, words: ["n4 joined"]), at: 0)
    #expect(AdminParts(picture: next).changed(since: picture).map(\.name) == ["changes"])
  }

  @Test("arrows that go both ways do not lie on each other")
  func bothWays() {
    var status = RingStatus.calm
    status.nodes[0].report?.toGive = [.init(to: "n2", count: 1)]
    status.nodes[1].report?.toGive = [.init(to: "n1", count: 1)]
    let svg = MovingRing(base: .threeNodes, status: status).svg.text
    let bends = svg.matches(of: #/Q([0-9.-]+ [0-9.-]+) [0-9]/#).map { String($0.output.1) }
    #expect(bends.count == 2 && Set(bends).count == 2 && svg.contains("arrow planned"))
  }

  @Test("many who look cost one question at a time, and nobody who looks costs none")
  func oneAsker() async throws {
    let test = TestGateway()
    await test.gateway.pulse.look()
    #expect(test.cluster.state.withLock { $0.ringReads } == 0)
    try await test.admin { client in
      for _ in 0..<5 { #expect(try await client.get("/").status == .ok) }
      let document = try await client.get("/ring.json")
      #expect(document["epoch"] == .number(JSONNumber(7)) && document.text.contains(#""words":["341 shards went from n1 to n3"]"#))
    }
    #expect(test.cluster.state.withLock { $0.ringReads } <= 4, "a look is new enough for almost half a second")
  }

  @Test("what cannot be asked is a problem for programs, and a sentence for people")
  func unavailable() async throws {
    let test = TestGateway()
    test.cluster.set(\.error, CallError(.unavailable, "no node answers"))
    try await test.admin { client in
      expectProblem(try await client.get("/ring.json"), .unavailable, "Nothing is known of the ring: no node answers.")
      #expect(try await client.get("/").text.contains("The nodes do not tell of the ring: no node answers"))
    }
  }

  @Test("the live stream brings the ring")
  func live() async throws {
    let test = TestGateway()
    await test.gateway.pulse.look()
    try await test.admin(.live) { client in
      let stream = try await RawConnection.open(try #require(client.port))
      try await stream.send(Array("GET /live HTTP/1.1\r\nhost: x\r\n\r\n".utf8))
      let text = try await stream.read { $0.contains("event: parts") && $0.contains("\n\n") && $0.contains("movements") }
      #expect(text.contains(#""ring":"#) && text.contains(#""members":"#) && text.contains(#""changes":"#))
    }
  }
}
