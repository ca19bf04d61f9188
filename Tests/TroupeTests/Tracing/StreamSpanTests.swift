// A stream in a trace: one span, below which stand all its calls.
import Testing
import Troupe
import TroupeTesting

@Suite struct StreamSpanTests {
  private static let context = TracePropagationTests.context

  /// The stream's span, once it has ended.
  private static func whole(_ recorder: SpanRecorder, _ node: Cluster) async throws -> SpanRecorder.Heard {
    while true {
      if let span = recorder.all.first(where: { $0.name.hasSuffix(" stream") }) { return span }
      _ = try await node.entity(Feed.self, "z").left()
    }
  }

  @Test(arguments: Ground.allCases, [1, 2]) func allCallsOfAStreamStandBelowIt(ground: Ground, loops: Int) async throws {
    let recorder = SpanRecorder()
    try await NodeAndClient.with(ground, loops: loops, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      for (cluster, caller) in [(pair.client, pair.clientName), (pair.node, "n1")] {
        recorder.forget()
        var count = 0
        for try await _ in cluster.entity(Feed.self, "a").traced(by: Self.context).numbers(to: 100, size: 1_008).window(10_240) {
          count += 1
        }
        let stream = try await Self.whole(recorder, pair.node)
        #expect(stream.name == "feed.numbers stream" && stream.process == caller && stream.role == .client)
        #expect(stream.outcome == "finished" && stream["troupe.items"] == "100" && stream.error == nil && count == 100)
        // It is all that the trace has directly below it.
        #expect(recorder.children(of: Self.context) == [stream])
        let calls = recorder.children(of: stream.context)
        let pulls = calls.filter { $0.name == "feed.pull" }
        #expect(calls.filter { $0.name == "feed.numbers" }.count == 1 && pulls.count >= 10, "\(calls.map(\.name))")
        #expect(Set(calls.map(\.name)).isSubset(of: ["feed.numbers", "feed.pull", "feed.close"]))
        // Each with the turn that it asked for.
        for pull in pulls { #expect(recorder.children(of: pull.context).map(\.name) == ["feed.pull"]) }
        #expect(pulls.allSatisfy { stream.began <= $0.began && $0.ended <= stream.ended })
      }
    }
  }

  @Test(arguments: Ground.allCases) func howAStreamEnded(ground: Ground) async throws {
    let recorder = SpanRecorder()
    try await NodeAndClient.with(ground, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      let feed = pair.client.entity(Feed.self, "a").traced(by: Self.context)
      func end(_ read: () async throws -> Void) async throws -> [String?] {
        recorder.forget()
        try? await read()
        let span = try await Self.whole(recorder, pair.node)
        return [span.outcome, span["troupe.items"], span.error == nil ? "well" : "badly"]
      }
      #expect(try await end { for try await _ in feed.numbers(to: -1) {} } == ["failure", "0", "well"], "it was not opened")
      #expect(try await end { for try await _ in feed.numbers(to: 3, failing: true) {} } == ["failure", "3", "well"])
      #expect(try await end { for try await _ in feed.broken() {} } == ["fault", "1", "badly"])
      #expect(try await end { for try await _ in feed.numbers(to: 1_000_000) { break } }[0] == "closed")
    }
  }

  @Test(arguments: Ground.allCases) func aStreamThatNobodySamplesIsNotHeard(ground: Ground) async throws {
    let recorder = SpanRecorder()
    try await NodeAndClient.with(ground, tracer: recorder) { (pair: NodeAndClient) async throws -> Void in
      for try await _ in pair.client.entity(Feed.self, "a").traced(by: TracePropagationTests.other).numbers(to: 10) {}
      for try await _ in pair.client.entity(Feed.self, "a").numbers(to: 10) {}
      #expect(recorder.all.isEmpty)
    }
  }
}
