// Bulk calls of a link: few at a time, behind one another, and never in the way of others.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite struct LinkBulkTests {
  private static let more = BulkLimits.calls + 50

  private static func called(_ pair: Pair) -> [String] {
    pair.node.events.all.compactMap { if case .called(let entity) = $0 { entity } else { nil } }
  }

  @Test(arguments: Ground.allCases) func thePeerHasAFewAtOnceAndOthersPass(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first")
      await pair.node.perform { $0.recorder.answer = .later }
      await withTaskGroup(of: ReplyStatus.self) { group in
        for number in 0..<Self.more { group.addTask { await pair.gateway.call("n1", "b\(number)", inBulk: true).status } }
        await pair.node.events.first { $0 == .called(entity: "b\(BulkLimits.calls - 1)") }
        group.addTask { await pair.gateway.call("n1", "urgent").status }
        await pair.node.events.first { $0 == .called(entity: "urgent") }
        #expect(Self.called(pair).count == 1 + BulkLimits.calls + 1, "no more than that before the first is answered")
        await pair.node.perform { $0.recorder.release() }
        await pair.node.events.first { $0 == .called(entity: "b\(Self.more - 1)") }
        await pair.node.perform { $0.recorder.release() }
        for await status in group { #expect(status == .value) }
      }
      let bulk = Self.called(pair).filter { $0.hasPrefix("b") }
      #expect(bulk == (0..<Self.more).map { "b\($0)" }, "in the order in which they were made")
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].pendingCalls } == 0)
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].bulk.isUnderWay } == false)
    }
  }

  @Test(arguments: Ground.allCases) func whatWaitsAndIsNotWantedAnyMoreNeverLeaves(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first")
      await pair.node.perform { $0.recorder.answer = .later }
      await withTaskGroup(of: ReplyStatus.self) { group in
        for number in 0..<BulkLimits.calls { group.addTask { await pair.gateway.call("n1", "b\(number)", inBulk: true).status } }
        await pair.node.events.first { $0 == .called(entity: "b\(BulkLimits.calls - 1)") }
        let late = await pair.gateway.call("n1", "late", within: .milliseconds(60), inBulk: true)
        #expect(late.status == .deadlineExceeded, "it has not run, and whoever made it knows that")
        await pair.node.perform { $0.recorder.release() }
        for await status in group { #expect(status == .value) }
      }
      await pair.node.perform { $0.recorder.answer = .echo }
      #expect(await pair.gateway.call("n1", "last", inBulk: true).status == .value)
      #expect(!Self.called(pair).contains("late"))
    }
  }

  @Test(arguments: Ground.allCases) func whatWaitsWhenTheLinkEndsWasNeverSent(ground: Ground) async throws {
    try await withPair(ground) { pair in
      _ = await pair.gateway.call("n1", "first")
      await pair.node.perform { $0.recorder.answer = .never }
      await withTaskGroup(of: ReplyStatus.self) { group in
        for number in 0..<Self.more { group.addTask { await pair.gateway.call("n1", "b\(number)", inBulk: true).status } }
        await pair.node.events.first { $0 == .called(entity: "b\(BulkLimits.calls - 1)") }
        await pair.node.perform { parts in for link in parts.recorder.links { link.close() } }
        var counts: [ReplyStatus: Int] = [:]
        for await status in group { counts[status, default: 0] += 1 }
        #expect(counts == [.connectionLost: BulkLimits.calls, .neverSent: Self.more - BulkLimits.calls])
      }
    }
  }

  @Test(arguments: Ground.allCases) func madeBeforeTheLinkOpensTheyLeaveAllTheSame(ground: Ground) async throws {
    try await withPair(ground) { pair in
      await withTaskGroup(of: ReplyStatus.self) { group in
        for number in 0..<Self.more { group.addTask { await pair.gateway.call("n1", "b\(number)", inBulk: true).status } }
        for await status in group { #expect(status == .value) }
      }
      #expect(Set(Self.called(pair)).count == Self.more)
      #expect(await pair.node.perform { $0.recorder.last?.isBulk } == true)
    }
  }

  @Test(arguments: Ground.allCases) func aPeerThatKnowsNoBulkGetsThemAsAnyOther(ground: Ground) async throws {
    var old = hello("n1")
    old.features = LinkFeatures.known.subtracting(.bulk).rawValue
    try await withPair(ground, nodeHello: old) { pair in
      await pair.node.perform { $0.recorder.answer = .later }
      await withTaskGroup(of: ReplyStatus.self) { group in
        // Some of them before the link is open, more than leave at once otherwise.
        for number in 0..<Self.more { group.addTask { await pair.gateway.call("n1", "b\(number)", inBulk: true).status } }
        await pair.node.events.first { $0 == .called(entity: "b\(Self.more - 1)") }
        #expect(await pair.node.perform { $0.recorder.last?.isBulk } == false)
        group.addTask { await pair.gateway.call("n1", "late", inBulk: true).status }
        await pair.node.events.first { $0 == .called(entity: "late") }
        #expect(await pair.node.perform { $0.recorder.last?.isBulk } == false)
        await pair.node.perform { $0.recorder.release() }
        for await status in group { #expect(status == .value) }
      }
    }
  }

  @Test(arguments: Ground.allCases) func largeOnesAreBulkAsWell(ground: Ground) async throws {
    try await withPair(ground) { pair in
      let large = [UInt8](repeating: 3, count: 300_000)
      await withTaskGroup(of: Reply.self) { group in
        for number in 0..<6 { group.addTask { await pair.gateway.call("n1", "large\(number)", large, inBulk: true) } }
        for number in 0..<20 { group.addTask { await pair.gateway.call("n1", "small\(number)", [1], inBulk: true) } }
        for await reply in group { #expect(reply.status == .value && [large, [1]].contains(reply.bytes)) }
      }
    }
  }
}
