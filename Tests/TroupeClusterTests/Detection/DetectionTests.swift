// Self-doubt, and silence on links.

import Testing

@testable import TroupeCluster

@Suite struct SteadinessTests {
  @Test func onlyWhoHasBeatenForTwoLeasesIsSteady() {
    var steadiness = Steadiness(lease: .milliseconds(1_500))
    for beat in stride(from: Int64(0), through: 2_700, by: 300) {
      steadiness.beatTaken(at: at(beat))
      #expect(!steadiness.isSteady(at: at(beat)))
    }
    steadiness.beatTaken(at: at(3_000))
    #expect(steadiness.isSteady(at: at(3_000)))
    // Its own beats stop: soon it doubts itself more than others.
    #expect(!steadiness.isSteady(at: at(4_501)))
  }

  @Test func aGapBeginsTheCountAnew() {
    var steadiness = Steadiness(lease: .milliseconds(1_500))
    for beat in stride(from: Int64(0), through: 6_000, by: 300) { steadiness.beatTaken(at: at(beat)) }
    steadiness.beatTaken(at: at(7_600))
    #expect(!steadiness.isSteady(at: at(7_600)))
    for beat in stride(from: Int64(7_900), through: 10_600, by: 300) { steadiness.beatTaken(at: at(beat)) }
    #expect(steadiness.isSteady(at: at(10_600)))
  }
}

@Suite struct LinkWatchTests {
  private func names(_ view: View) -> Set<IncarnationName> { Set(view.members.map(\.name)) }

  @Test func threeUnansweredProbesAreSilence() {
    let view = view(["a", "b", "c"])
    let b = IncarnationName("b", 1)
    var links = LinkWatch()
    links.choose(from: view, watcher: "a", beating: names(view))
    for _ in 0..<3 {
      #expect(links.round() == [b, IncarnationName("c", 1)])
      #expect(!links.isSilent(b))
    }
    #expect(links.isFading(b))
    _ = links.round()
    #expect(links.isSilent(b))
    links.heard(b)
    #expect(!links.isSilent(b))
  }

  @Test func everybodyIsWatchedByFive() {
    let view = view((0..<20).map { NodeID("n\(10 + $0)") }, shards: 40)
    var watchers: [IncarnationName: Int] = [:]
    for member in view.members {
      var links = LinkWatch()
      links.choose(from: view, watcher: member.id, beating: names(view))
      for watched in links.round() { watchers[watched, default: 0] += 1 }
    }
    #expect(watchers.count == 20 && watchers.values.allSatisfy { $0 == LinkWatch.watchedPeers })
  }

  @Test func theDeadAreWatchedBesidesFiveOfTheLiving() {
    let view = view((0..<20).map { NodeID("n\(10 + $0)") }, shards: 40)
    let dead = Set(view.members[1...4].map(\.name))
    var links = LinkWatch()
    links.choose(from: view, watcher: "n10", beating: names(view).subtracting(dead))
    #expect(links.round().count == 9)
  }

  @Test func whoeverIsDoubtedIsWatchedUntilItAnswers() {
    let view = view((0..<20).map { NodeID("n\(10 + $0)") }, shards: 40)
    let far = view.members[15].name
    var links = LinkWatch()
    links.choose(from: view, watcher: "n10", beating: names(view))
    #expect(!links.watches(far))
    links.doubt(far)
    links.choose(from: view, watcher: "n10", beating: names(view))
    #expect(links.isFading(far) && !links.isSilent(far), "one more missed probe makes silence")
    #expect(links.round().contains(far))
    #expect(links.isSilent(far))
    links.heard(far)
    links.choose(from: view, watcher: "n10", beating: names(view))
    #expect(!links.watches(far))
  }

  @Test func anAnswerOfAnotherIncarnationIsNobodys() {
    let view = view(["a", "b"])
    var links = LinkWatch()
    links.choose(from: view, watcher: "a", beating: names(view))
    for _ in 0..<4 { _ = links.round() }
    links.heard(IncarnationName("b", 2))
    #expect(links.isSilent(IncarnationName("b", 1)))
  }
}
