// Consumers, dead letters and sagas on the operators' page: what needs a person stands out, what is missing is said, and what changes
// something comes from this page alone.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Gateway
@testable import Troupe

@Suite("Work on the operators' page") struct AdminWorkTests {
  private static func page(_ work: WorkPicture) -> String {
    var cluster = ClusterPicture.threeNodes
    cluster.isReachable = true
    let picture = AdminPicture(cluster: cluster, transport: TransportPicture(status: .calm), work: work)
    return AdminPage(picture: picture, assets: AdminAssets(), opensEntities: true).html.text
  }

  private static var troubled: WorkPicture {
    var waiting = ConsumerReport.madeUp("webhook", lag: 1_200, retrying: 2, trouble: "the webhook answered 503")
    waiting.oldest = 10_000
    var work = WorkPicture()
    work.time = 100_000
    work.consumers = ConsumerStatus(
      shares: [
        .init(node: "n1", groups: [waiting, .madeUp("mails", cutOff: 1, trouble: "the log begins at 7, and the group stands at 0")])
      ],
      silent: [.init(name: "n2", reason: "n2 cannot be reached")])
    work.letters = ["webhook": 3]
    work.sagas = SagaStatus(sagas: [
      .madeUp("checkout/o-82"), .madeUp("checkout/o-81", isStuck: true, failures: 5), .madeUp("checkout/o-83", failures: 1),
    ])
    return work
  }

  @Test("a cluster without trouble says so in both places")
  func calm() {
    var work = WorkPicture()
    #expect(
      Self.page(work).contains("No node has a group of consumers.") && Self.page(work).contains("No saga is stuck, and none is under way."))
    work.consumers.shares = [.init(node: "n1", groups: [.madeUp("webhook")])]
    work.letters = ["webhook": 0]
    let page = Self.page(work)
    #expect(page.contains("All is well") && page.contains(">running</span>") && !page.contains("class=\"alarm\""))
  }

  @Test("stuck sagas stand first, with why and a button; groups say what stands in their way")
  func troubled() throws {
    let page = Self.page(Self.troubled)
    #expect(page.contains(#"<p class="state bad">1 saga is stuck: checkout/o-81</p>"#))
    let stuck = try #require(page.firstRange(of: #"<strong>STUCK</strong> <span class="who">checkout/o-81</span>"#))
    let other = try #require(page.firstRange(of: #"<th scope="row">checkout/o-82"#))
    #expect(stuck.lowerBound < other.lowerBound)
    #expect(page.contains("the provider answered 503 · turned back: confirm: the address is unknown"))
    #expect(page.contains(#"<form method="post" action="/sagas/checkout%2fo-81/resume">"#))
    #expect(!page.contains(#"action="/sagas/checkout%2fo-82/resume""#), "what has not failed needs no push")
    #expect(page.contains("shard 17: the webhook answered 503") && page.contains("in 2 shards") && page.contains(">1,200</td>"))
    #expect(page.contains("1 min 30 s"), "the oldest has waited since second 10")
    #expect(page.contains(#"<a class="alarm" href="/consumers/webhook">3</a>"#))
    #expect(page.contains("Let it begin anew: shopstream topics restart mails"))
    #expect(page.contains("n2") && page.contains("its shares of the groups are missing here: n2 cannot be reached"))
  }

  @Test("dead letters make the page's state a warning")
  func letters() {
    var work = WorkPicture()
    work.letters = ["webhook": 1]
    #expect(Self.page(work).contains(#"<p class="state warn">1 dead letter of webhook waits for somebody</p>"#))
  }

  @Test("without an answer it keeps what it knew and says why")
  func silent() async {
    let work = MadeUpWork()
    work.set(\.consumers, ConsumerStatus(shares: [.init(node: "n1", groups: [.madeUp("webhook")])]))
    let watch = WorkWatch(work)
    let first = await watch.look()
    #expect(first.consumers.groups.map(\.group) == ["webhook"] && first.consumerTrouble == nil)
    work.set(\.error, CallError(.unavailable, "no route"))
    await watch.forget()
    let second = await watch.look()
    #expect(second.consumers == first.consumers && second.consumerTrouble == "no route" && second.sagaTrouble == "no route")
    #expect(second.letters.isEmpty, "a count that is not known is not zero")
    #expect(Self.page(second).contains("no route"))
  }

  @Test("however many look, the nodes are asked once")
  func once() async {
    let work = MadeUpWork()
    let watch = WorkWatch(work)
    await withTaskGroup(of: Void.self) { group in for _ in 0..<20 { group.addTask { _ = await watch.look() } } }
    #expect(work.state.withLock { $0.looks } == 1)
  }

  @Test("what others wrote is escaped, and lists are cut")
  func bounds() {
    var work = Self.troubled
    work.consumers.shares[0].groups[0].trouble = "<b>"
    work.sagas.sagas = (0..<500).map { .madeUp("<i>/\($0)", isStuck: true, failures: 1) }
    work.sagas.sagas[0].error = "<u>"
    let page = Self.page(work)
    #expect(!page.contains("<b>") && !page.contains("<i>") && !page.contains("<u>") && page.contains("300 sagas more."))
  }

  // MARK: Dead letters

  @Test("a group's letters are listed with all that is known, and sent again or forgotten one by one or all")
  func letterPage() async throws {
    let test = TestGateway()
    test.work.set(\.consumers, ConsumerStatus(shares: [.init(node: "n1", groups: [.madeUp("webhook")])]))
    test.work.set(\.letters, ["webhook": (1...4).map { .madeUp(4_710 + $0, entity: "<alice>") }])
    try await test.admin { client in
      let page = try await client.get("/consumers/webhook")
      #expect(page.status == .ok && page.text.contains("cart/&lt;alice&gt;") && page.text.contains("shard 17, offset 4,711"))
      #expect(
        page.text.contains("the webhook answered 422") && page.text.contains("2025-11-24 16:00:20 UTC") && page.text.contains("(3 bytes)"))
      #expect(page.text.contains("Send all 4 again"))
      #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'self'") == true)
      #expect(page.headers[HTTPField.Name("referrer-policy")!] == "same-origin", "or the forms would come without an origin")
      let sent = try await client.execute(uri: "/consumers/webhook/letters/17-4712/redrive", method: .post)
      #expect(sent.status == .seeOther && sent.headers[.location] == "/consumers/webhook")
      #expect(try await client.execute(uri: "/consumers/webhook/letters/17-4713/drop", method: .post).status == .seeOther)
      #expect(try await client.execute(uri: "/consumers/webhook/letters/17-4713/drop", method: .post).status == .seeOther, "gone is gone")
      #expect(try await client.execute(uri: "/consumers/webhook/redrive", method: .post).status == .seeOther)
      #expect(try await client.get("/consumers/webhook").text.contains("There are none: this group has taken everything."))
      expectProblem(try await client.get("/consumers/nobody"), .unknownPath, "No node has a group \"nobody\".")
      expectProblem(try await client.execute(uri: "/consumers/nobody/redrive", method: .post), .unknownPath)
    }
    #expect(
      test.work.orders == [
        "redrive webhook 17-4712", "drop webhook 17-4713", "redrive webhook 17-4711", "redrive webhook 17-4714",
      ])
  }

  @Test("a saga is resumed once, and why not is said")
  func resuming() async throws {
    let test = TestGateway()
    test.work.set(\.sagas, SagaStatus(sagas: [.madeUp("checkout/o-81", isStuck: true, failures: 5)]))
    try await test.admin { client in
      let done = try await client.execute(uri: "/sagas/checkout%2fo-81/resume", method: .post)
      #expect(done.status == .seeOther && done.headers[.location] == "/#sagas")
      expectProblem(try await client.execute(uri: "/sagas/checkout%2fo-99/resume", method: .post), .unknownPath)
      test.work.set(\.refusal, "it is not under way")
      expectProblem(
        try await client.execute(uri: "/sagas/checkout%2fo-81/resume", method: .post), .refusedByEntity,
        "The saga \"checkout/o-81\" does not go on: it is not under way.")
    }
    #expect(test.work.orders == ["resume checkout/o-81"])
  }

  @Test("only forms of this page change anything, and only as posts")
  func foreign() async throws {
    let test = TestGateway()
    test.work.set(\.consumers, ConsumerStatus(shares: [.init(node: "n1", groups: [.madeUp("webhook")])]))
    test.work.set(\.letters, ["webhook": [.madeUp(1)]])
    let (origin, site) = (HTTPField.Name("origin")!, HTTPField.Name("sec-fetch-site")!)
    try await test.admin { client in
      for headers in [[origin: "https://evil.example"], [origin: "null"], [site: "cross-site"], [site: "same-site"]] as [HTTPFields] {
        expectProblem(try await client.execute(uri: "/consumers/webhook/redrive", method: .post, headers: headers), .foreignOrigin)
      }
      expectProblem(try await client.get("/consumers/webhook/redrive"), .methodNotAllowed)
    }
    #expect(test.work.orders.isEmpty)
    try await test.open { client in
      let (list, order) = (
        try await client.get("/consumers/webhook"), try await client.execute(uri: "/consumers/webhook/redrive", method: .post)
      )
      #expect(list.status == .notFound && order.status == .notFound, "the public listener has none of it")
    }
  }
}
