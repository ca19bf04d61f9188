// The changes that a node remembers: each with its words and its time, moves as one, and no more than may be.

import Testing

@testable import TroupeCluster

@Suite struct ViewHistoryTests {
  @Test func eachChangeIsAnEntry() throws {
    var history = ViewHistory()
    let first = view(["a", "b"])
    history.saw(first, at: 1_000)
    let second = try first.joining(member("c"))
    history.saw(second, at: 2_000)
    #expect(history.entries.map(\.words) == [["first seen: 2 members, 12 shards"], ["c joined"]])
    #expect(history.entries.map(\.since) == [0, first.epoch] && history.entries.map(\.epoch) == [first.epoch, second.epoch])
    #expect(history.entries.map(\.began) == [1_000, 2_000])
  }

  @Test func shardsThatMoveAFewAtATimeAreOneChange() throws {
    var history = ViewHistory()
    var view = try view(["a"]).joining(member("b"))
    history.saw(view, at: 0)
    for shard in 0..<5 {
      view = try view.giving([ShardID(shard): "b"], from: "a", transfer: 1)
      history.saw(view, at: Int64(shard) * 1_000)
    }
    #expect(history.entries.count == 2)
    #expect(history.entries[1].words == ["5 shards went from a to b"])
    #expect(history.entries[1].epoch == view.epoch && history.entries[1].since.next < view.epoch)
    #expect(history.entries[1].began == 0 && history.entries[1].ended == 4_000)

    // What comes between is told by itself, and moves after it are another change.
    view = try view.setting(.weight("b", 2))
    history.saw(view, at: 4_500)
    view = try view.giving([7: "b"], from: "a", transfer: 2)
    history.saw(view, at: 4_600)
    #expect(history.entries.suffix(2).map(\.words) == [["b weighs 2, after 1"], ["1 shard went from a to b"]])

    // And so are those after a pause.
    view = try view.giving([8: "b"], from: "a", transfer: 3)
    history.saw(view, at: 4_600 + ViewHistory.pause + 1)
    #expect(history.entries.last?.words == ["1 shard went from a to b"] && history.entries.count == 5)
  }

  @Test func theOldestAreForgotten() throws {
    var history = ViewHistory()
    var view = view(["a"])
    for number in 0..<100 {
      view = try view.joining(member(NodeID("n\(number)")))
      history.saw(view, at: Int64(number))
    }
    #expect(history.entries.count == ViewHistory.limit)
    #expect(history.entries.last?.words == ["n99 joined"])
    #expect(zip(history.entries, history.entries.dropFirst()).allSatisfy { $0.epoch == $1.since }, "without a gap")
  }
}
