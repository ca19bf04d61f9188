// The shard ring as a picture.

import Testing

@testable import Gateway

@Suite("The picture of the cluster") struct PictureTests {
  private let start = ContinuousClock.now

  @Test("rates come from two looks; a node that started again counts from 0")
  func rates() {
    var maker = PictureMaker()
    var look = ClusterPicture.threeNodes
    look.nodes[0].calls = 1_000
    look.nodes[1].calls = 5_000
    maker.add(look, at: start)
    #expect(maker.picture.callsPerSecond == 0)
    #expect(maker.picture.history.isEmpty)
    look.nodes[0].calls = 3_000
    look.nodes[1].calls = 200
    maker.add(look, at: start + .seconds(2))
    #expect(maker.picture.nodes.map(\.callsPerSecond) == [1_000, 100, 0])
    #expect(maker.picture.history == [1_100])
  }

  @Test("colours stay with their nodes when others leave")
  func colours() {
    var maker = PictureMaker()
    var look = ClusterPicture.threeNodes
    maker.add(look, at: start)
    look.nodes.remove(at: 0)
    maker.add(look, at: start + .seconds(1))
    #expect(maker.picture.nodes.map(\.colour) == [1, 2])
    look.nodes.append(.init(id: "n4"))
    maker.add(look, at: start + .seconds(2))
    #expect(maker.picture.nodes.map(\.colour) == [1, 2, 3])
  }

  @Test("a cluster that does not answer keeps its last picture, and no rate is made up across the gap")
  func failing() {
    var maker = PictureMaker()
    maker.add(.threeNodes, at: start)
    maker.fail("no route")
    #expect(maker.picture.nodes.count == 3)
    #expect(!maker.picture.isReady)
    #expect(maker.picture.summary == "The cluster does not answer: no route")
    var look = ClusterPicture.threeNodes
    look.nodes[0].calls = 1_000_000
    maker.add(look, at: start + .seconds(60))
    #expect(maker.picture.callsPerSecond == 0)
    #expect(maker.picture.isReady)
  }

  @Test("history is bounded")
  func history() {
    var maker = PictureMaker()
    for second in 0..<300 { maker.add(.threeNodes, at: start + .seconds(second)) }
    #expect(maker.picture.history.count == ClusterPicture.historyLength)
  }

  @Test("the summary names what is wrong")
  func summary() {
    var picture = ClusterPicture.threeNodes
    #expect(picture.summary == "Waiting for the cluster")
    picture.isReachable = true
    #expect(picture.summary == "3 nodes serve")
    picture.nodes[1].isServing = false
    #expect(picture.summary == "n2 has no lease")
    picture.owners[5] = nil
    #expect(picture.summary == "1 shard has no owner")
    #expect(!picture.isReady)
  }

  @Test(
    "dashes add up to the ring and come in pairs",
    arguments: [
      ([true, true, false], [2, 1]), ([false, true, true], [0, 1, 2, 0]), ([true, false, true], [1, 1, 1, 0]), ([true], [1, 0]),
      ([false, false], []),
    ] as [([Bool], [Int])])
  func dashes(_ owned: [Bool], _ dashes: [Int]) {
    #expect(RingPicture.dashes(owned) == dashes)
  }

  @Test("figures are written for people")
  func figures() {
    #expect(Figures.grouped(1_234_567) == "1,234,567")
    #expect(Figures.grouped(-999) == "-999")
    #expect(Figures.rate(0.04) == "0")
    #expect(Figures.rate(9.94) == "9.9")
    #expect(Figures.rate(9.96) == "10")
    #expect(Figures.rate(1_499_999.7) == "1,500,000")
    #expect(Figures.time(0) == "0 s")
    #expect(Figures.time(93_784) == "1 d 2 h")
    #expect(Figures.time(3_605) == "1 h")
    #expect(Figures.percent(341, of: 1_024) == "33.3 %")
    #expect(
      [0, 999, 1_000, 12_345, 999_600, 123_456_789].map { Figures.bytes($0) } == ["0 B", "999 B", "1 kB", "12.3 kB", "1 MB", "123 MB"])
    let times: [Duration] = [
      .zero, .microseconds(312), .microseconds(999_600), .milliseconds(7), .milliseconds(1_500), .seconds(93_784), .seconds(-1),
    ]
    #expect(times.map(Figures.brief) == ["0 s", "312 µs", "1 s", "7 ms", "1.5 s", "1 d 2 h", "0 s"])
  }
}

@Suite("The landing page") struct LandingPageTests {
  @Test("the page is whole without a script")
  func page() async throws {
    try await TestGateway().open { client in
      let response = try await client.get("/")
      #expect(response.headers[.contentType] == "text/html; charset=utf-8")
      #expect(response.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
      for part in ["n1", "n2", "n3", "3 nodes serve", "1,024", "<svg class=\"ring\"", "http-equiv=\"refresh\""] {
        #expect(response.text.contains(part), "\(part)")
      }
      for path in response.text.matches(of: /\/assets\/[a-z0-9.-]+/).map({ String($0.output) }) {
        let asset = try await client.get(path)
        #expect(asset.status == .ok)
        #expect(asset.headers[.cacheControl] == "public, max-age=31536000, immutable")
      }
    }
  }

  @Test("style, script and page stay small")
  func budget() {
    #expect(LandingScript.text.utf8.count < 2_048)
    #expect(LandingStyle.text.utf8.count < 10_240)
    #expect(RingPicture(picture: .threeNodes).svg.text.utf8.count < 12_288)
  }

  @Test("names chosen elsewhere are escaped")
  func escaping() {
    var picture = ClusterPicture.threeNodes
    picture.nodes[0].id = "<script>alert(1)</script>&\"'"
    let page = LandingPage(picture: picture, assets: LandingAssets(), host: "localhost").html.text
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"))
  }

  @Test("only what has changed is sent again")
  func parts() {
    var picture = ClusterPicture.threeNodes
    picture.isReachable = true
    let all = LandingParts(picture: picture)
    #expect(Set(all.changed(since: nil).map(\.name)) == ["state", "figures", "nodes", "rate", "ring"])
    #expect(all.changed(since: picture).isEmpty)
    var next = picture
    next.nodes[0].callsPerSecond = 100
    #expect(Set(LandingParts(picture: next).changed(since: picture).map(\.name)) == ["figures", "nodes"])
    next.owners[0] = 1 - (next.owners[0] ?? 0) % 2
    #expect(LandingParts(picture: next).changed(since: picture).map(\.name).contains("ring"))
  }
}
