// From a book to a verdict and a report: what is kept, what is broken, and that text stays text.

import Foundation
import Testing

@testable import ShopstreamCommand

struct ChaosReportTests {
  static let scenario = ChaosScenario.killOne

  private var book = ChaosBook(name: "c", places: 2, expecting: 60)
  private var now = 0.0

  /// A write to a place, answered with all that its cart has.
  private mutating func write(_ place: Int, then lines: ((inout [String: Int]) -> Void)? = nil) {
    now += 0.1
    let ticket = book.begin(place: place, isWrite: true, due: now, at: now)
    book.sent(at: now)
    var held: [String: Int] = [:]
    for number in 0...(ticket.number ?? 0) { held[LineSet.sku(number)] = 1 }
    lines?(&held)
    book.answered(ticket, held, at: now + 0.002)
  }

  /// Load, a kill of the node that has the first place's cart, load, recovery.
  private mutating func run(answers: Bool = true) {
    for place in [0, 1, 0, 1] { write(place) }
    book.begin(ChaosFault("kill -9 of <node-1> & \"more\"", nodes: ["node-1"], at: now + 0.05, carts: [book.carts[0]]))
    for place in answers ? [1, 0, 1, 0] : [] { write(place) }
    book.endFaults(at: now + 0.05)
    for place in [0, 1] { write(place) }
  }

  private func report(isWhole: Bool = true, _ scenario: ChaosScenario = scenario, unread: [String] = []) -> ChaosReport {
    ChaosReport(
      scenario, book, .init(began: "2026-01-01T00:00:00Z", nodes: 3, rate: 20, seconds: now, isWhole: isWhole, unread: unread))
  }

  private func broken(_ report: ChaosReport) -> [String] { report.promises.filter { !$0.isKept }.map(\.promise) }

  @Test mutating func `a run in which everything held is kept, with figures`() {
    run()
    let report = report()
    #expect(report.isKept, "\(broken(report))")
    #expect(report.writes.acknowledged == 10 && report.writes.lost == 0)
    #expect(report.faults.map(\.sent) == [4] && report.faults.map(\.carts) == [1] && report.faults.map(\.silent) == [0])
    #expect(report.faults[0].firstAnswerLast.map { $0 > 0.1 && $0 < 0.2 } ?? false, "the second call behind it")
    #expect(report.before.answered == 4 && report.during.answered == 4 && report.after.answered == 2)
    #expect(report.series.stepSeconds == 0.5 && report.series.answered.first == 8, "calls a second, of whole steps")
  }

  @Test mutating func `a lost write breaks the verdict, and its sentence is there`() {
    run()
    write(0) { $0["w1"] = nil }
    let report = report()
    #expect(report.verdict == "broken" && report.writes.lost == 1)
    #expect(broken(report).first == "Every acknowledged write is there in every later answer")
    #expect(report.complaints.first?.contains("acknowledged and gone: write 1") ?? false)
  }

  @Test mutating func `a double effect breaks the verdict`() {
    run()
    write(1) { $0["w0"] = 2 }
    #expect(broken(report()) == ["No write takes effect twice"])
  }

  @Test mutating func `a loss that only the last reading shows breaks it too, and so does a cart that cannot be read`() {
    run()
    #expect(!report(unread: ["c-0-0"]).isKept)
    book.found(0, [:])
    #expect(report().writes.lost == 5)
  }

  @Test mutating func `a run without load under its fault has shown nothing`() {
    run(answers: false)
    #expect(broken(report()).first == "The load went on through every fault")
  }

  @Test mutating func `a load that pauses under the fault has shown nothing`() {
    write(0)
    write(1)
    book.begin(ChaosFault("kill", nodes: [], at: now, carts: []))
    now += 3
    write(0)
    book.endFaults(at: now)
    #expect(broken(report()) == ["The load went on through every fault"])
  }

  @Test mutating func `a run in which nothing was done to the cluster is not kept`() {
    write(0)
    #expect(!report().isKept)
  }

  @Test mutating func `a cluster that is not whole in time breaks it`() {
    run()
    #expect(broken(report(isWhole: false)) == ["The cluster is whole again after each fault"])
  }

  @Test mutating func `a cart of the dead that stays silent breaks it`() {
    for place in [0, 1] { write(place) }
    book.begin(ChaosFault("kill", nodes: ["node-1"], at: now, carts: [book.carts[0]]))
    write(1)
    book.endFaults(at: now)
    #expect(broken(report()) == ["Carts of the nodes concerned are answered again within 15 s"])
  }

  @Test mutating func `a call that failed breaks planned work alone`() {
    run()
    let ticket = book.begin(place: 0, isWrite: true, due: now, at: now)
    book.failed("deadlineExceeded", at: now)
    book.gaveUp(ticket, mayHaveRun: true)
    #expect(report().isKept)
    #expect(report().writes.unknown == 1 && report().calls.failedByName == ["deadlineExceeded": 1])
    #expect(broken(report(true, .rollingRestart)) == ["Planned work fails no call"])
  }

  private func report(_ isWhole: Bool, _ scenario: ChaosScenario) -> ChaosReport { report(isWhole: isWhole, scenario) }

  @Test mutating func `a place goes on to a new cart, but not while its old one is waited for`() {
    for _ in 0..<ChaosBook.writesPerCart { write(0) }
    #expect(book.carts[0] == "c-0-0")
    book.begin(ChaosFault("kill", nodes: ["node-1"], at: now + 1, carts: ["c-0-0"]))
    write(0)
    #expect(book.carts[0] == "c-0-0", "that call was due before the fault")
    now += 2
    write(0)
    #expect(book.isEverybodyHeard)
    write(0)
    #expect(book.carts[0] == "c-0-1")
    #expect(report().writes.lost == 0)
  }

  @Test mutating func `the JSON is read back as it was`() throws {
    run()
    let report = report()
    #expect(try JSONDecoder().decode(ChaosReport.self, from: Data(JSONText.pretty(report).utf8)) == report)
  }

  @Test mutating func `the page escapes what it shows, marks each fault in each plot, and needs nothing from elsewhere`() {
    run()
    let page = ChaosPage(report: report()).html
    #expect(!page.contains("<node-1>"))
    #expect(page.contains("kill -9 of &lt;node-1&gt; &amp; &quot;more&quot;"))
    #expect(page.components(separatedBy: "<svg").count - 1 == 3)
    #expect(page.components(separatedBy: "<line class=\"mark\"").count - 1 == 3)
    for word in ["<script", "http:", "https:", "@import", "url("] { #expect(!page.contains(word), "\(word)") }
    #expect(page.contains("prefers-color-scheme: dark"))
  }

  @Test func `latencies are right within two per cent`() {
    var latencies = Latencies()
    for milliseconds in 1...1_000 { latencies.add(.milliseconds(milliseconds)) }
    #expect(abs((latencies.quantile(0.5) ?? 0) - 500) < 12)
    #expect(abs((latencies.quantile(0.99) ?? 0) - 990) < 25)
    #expect(Latencies().quantile(0.5) == nil)
  }

  @Test func `text in pages is text`() {
    #expect(HTMLText.escaped("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;")
  }
}
