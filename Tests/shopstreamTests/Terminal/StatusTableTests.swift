// The status table as a terminal shows it.

import Testing

@testable import ShopstreamCommand

struct StatusTableTests {
  func node(_ id: String, shards: Int, calls: UInt64 = 0, state: String = "active", lease: Bool = true) -> ClusterSummary.Node {
    .init(
      id: id, address: "", state: state, version: "", shards: shards, entities: 1_234, calls: calls, durable: 0, uptimeSeconds: 75,
      leaseValid: lease)
  }

  func summary(_ nodes: [ClusterSummary.Node], unowned: Int = 0) -> ClusterSummary {
    ClusterSummary(cluster: "shopstream", epoch: 9, shards: 1_024, unowned: unowned, nodes: nodes)
  }

  @Test func `draws a row a node and a foot`() {
    let lines = StatusTable.lines(
      summary([node("node-1", shards: 512, calls: 1_000_000), node("node-10", shards: 512)]), rates: nil, style: .plain)
    #expect(
      lines == [
        "NODE     STATE   SHARDS              ENTITIES      CALLS  CALLS/S     UP",
        "node-1   active     512  ██████████     1,234  1,000,000        -  1 min",
        "node-10  active     512  ██████████     1,234          0        -  1 min",
        "cluster shopstream · epoch 9 · 1,024 shards",
      ])
  }

  @Test func `says what is wrong`() {
    let sick = summary([node("a", shards: 0, lease: false), node("b", shards: 0, state: "silent", lease: false)], unowned: 1_024)
    let lines = StatusTable.lines(sick, rates: nil, style: .plain)
    #expect(lines[1].contains("no lease") && lines[2].contains("silent"))
    #expect(lines[3].contains("1,024 without an owner"))
    #expect(!sick.isWell)
  }

  @Test func `a bar shows even a little, and nothing for nothing`() {
    #expect(StatusTable.bar(1, of: 1_024) == "█")
    #expect(StatusTable.bar(0, of: 1_024) == "")
    #expect(StatusTable.bar(1_024, of: 1_024).count == StatusTable.barWidth)
    #expect(StatusTable.bar(5, of: 0) == "")
  }

  @Test func `numbers are grouped, names are cut, times are short`() {
    #expect([0, 999, 1_000, 1_234_567, -1_000].map { $0.grouped } == ["0", "999", "1,000", "1,234,567", "-1,000"])
    #expect("abcdef".cut(to: 4) == "abc…")
    #expect([5, 60, 3_700, 90_000].map(StatusTable.uptime) == ["5 s", "1 min", "1 h 1 min", "1 d 1 h"])
  }

  @Test func `rates come from two readings of one life`() {
    var rates = CallRates()
    let start = ContinuousClock.now
    rates.read(summary([node("a", shards: 1, calls: 100), node("b", shards: 1, calls: 900)]), at: start)
    #expect(rates.perSecond.isEmpty)
    rates.read(summary([node("a", shards: 1, calls: 300), node("b", shards: 1, calls: 5)]), at: start + .seconds(2))
    #expect(rates.perSecond == ["a": 100], "b started again")
    rates.read(summary([node("b", shards: 1, calls: 25)]), at: start + .seconds(3))
    #expect(rates.perSecond == ["b": 20] && rates.total == 20)
  }

  @Test func `one line where there is no terminal, and news only when something changed`() {
    let first = summary([node("a", shards: 1_024, calls: 5)])
    #expect(PlainStatus.line(first, rates: CallRates()) == "a active, 1,024 shards; 0 calls/s")
    #expect(PlainStatus.shape(of: first) == PlainStatus.shape(of: summary([node("a", shards: 1_024, calls: 9)])))
    #expect(PlainStatus.shape(of: first) != PlainStatus.shape(of: summary([node("a", shards: 1_023)])))
  }

  @Test func `a region is erased by its height`() {
    #expect(Terminal.erase(0) == "")
    #expect(Terminal.erase(3) == "\u{1b}[3A\u{1b}[J")
  }
}
