// Streams between a client and a node, on both grounds.
import Testing
import TroupeTesting

@testable import Troupe

@Suite struct StreamTests {
  static func numbers(_ stream: EntityStream<Feed.Post, Feed.Failure>, atMost limit: Int = .max) async throws -> [Int] {
    var numbers: [Int] = []
    for try await post in stream {
      numbers.append(post.number)
      if numbers.count == limit { break }
    }
    return numbers
  }

  /// Asks until the answer is right: what ends a stream takes a moment to get there.
  static func until(_ isRight: () async throws -> Bool) async throws {
    while try await !isRight() { await Task.yield() }
  }

  @Test(arguments: Ground.allCases) func everyItemArrivesOnceAndInOrder(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      for cluster in [pair.client, pair.node] {
        let feed = cluster.entity(Feed.self, "a")
        let all = try await Self.numbers(feed.numbers(to: 3_000, size: 100))
        #expect(all == Array(1...3_000))
        let none = try await Self.numbers(feed.numbers(to: 0))
        #expect(none.isEmpty)
      }
    }
  }

  @Test(arguments: Ground.allCases) func largeItemsAndSmallWindows(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      let feed = pair.client.entity(Feed.self, "a")
      let large = try await Self.numbers(feed.numbers(to: 5, size: 300_000).window(1))
      #expect(large == Array(1...5))
      let many = try await Self.numbers(feed.numbers(to: 500, size: 10).window(1_024))
      #expect(many == Array(1...500))
    }
  }

  @Test(arguments: Ground.allCases) func liveItemsComeAsTheyAreMade(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      let feed = pair.client.entity(Feed.self, "live")
      var posts = feed.posts().makeAsyncIterator()
      async let first = posts.next()
      try await Self.until { try await feed.listening() == 1 }
      _ = try await feed.post()
      #expect(try await first?.number == 1)
    }
  }

  @Test(arguments: Ground.allCases) func errorsOfTheEntityArriveAsTheirType(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      let feed = pair.client.entity(Feed.self, "a")
      await #expect(throws: Feed.Failure.notYet) { try await Self.numbers(feed.numbers(to: -1)) }
      var seen: [Int] = []
      await #expect(throws: Feed.Failure.broke(2)) {
        for try await post in feed.numbers(to: 2, failing: true) { seen.append(post.number) }
      }
      #expect(seen == [1, 2], "what came before the error is delivered")
      let fault = await #expect(throws: CallError.self) { try await Self.numbers(feed.broken()) }
      #expect(fault?.code == .entityFault)
    }
  }

  @Test(arguments: Ground.allCases) func leavingTheLoopEndsTheStream(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      for (round, cluster) in [pair.client, pair.node].enumerated() {
        let feed = cluster.entity(Feed.self, "a")
        #expect(try await Self.numbers(feed.numbers(to: 1_000_000, size: 1_000), atMost: 10).count == 10)
        async let numbers = Self.numbers(feed.posts(), atMost: 2)
        try await Self.until { try await feed.listening() == 1 }
        _ = try await feed.post()
        _ = try await feed.post()
        #expect(try await numbers.count == 2)
        try await Self.until { try await feed.left() == round + 1 }
      }
    }
  }

  @Test(arguments: Ground.allCases) func cancellingTheConsumerEndsTheStream(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      for (round, cluster) in [pair.client, pair.node].enumerated() {
        let feed = cluster.entity(Feed.self, "a")
        // On the simulated loop, or it would wait for a thread that the simulation has.
        let consumer = Task(executorPreference: CurrentLoop.loop) { try await Self.numbers(feed.posts()) }
        try await Self.until { try await feed.listening() == 1 }
        consumer.cancel()
        let error = await #expect(throws: CallError.self) { try await consumer.value }
        #expect(error?.code == .cancelled)
        try await Self.until { try await feed.left() == round + 1 }
      }
    }
  }

  @Test(arguments: Ground.allCases) func aConsumerThatStopsReadingStopsTheSource(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      let feed = pair.client.entity(Feed.self, "a")
      var posts = feed.numbers(to: 1_000_000, size: 1_008).window(10_240).makeAsyncIterator()
      _ = try await posts.next()
      var taken = -1
      while taken != (try await feed.taken()) {
        taken = try await feed.taken()
        for _ in 0..<20 { _ = try await feed.left() }
      }
      // A batch here, one on its way, and what the entity holds.
      #expect(taken <= 3 * 11, "\(taken) items were taken from the source")
      for number in 2...1_000 { #expect(try await posts.next()?.number == number) }
    }
  }

  @Test(arguments: Ground.allCases) func anEntityReadsTheStreamOfAnother(ground: Ground) async throws {
    try await NodeAndClient.with(ground, loops: 2) { pair in
      let feed = pair.client.entity(Feed.self, "a")
      let others = try await feed.sum(of: "b", to: 1_000)
      let own = try await feed.sum(of: "a", to: 10)
      #expect((others, own) == (500_500, 55))
    }
  }

  @Test(arguments: Ground.allCases) func strangersAndWrongNumbersGetNothing(ground: Ground) async throws {
    try await NodeAndClient.with(ground) { pair in
      func pull(_ pull: StreamPull) async throws -> StreamBatch {
        let reply = try await pair.client.call(
          kind: "feed", id: "a", method: SystemMethod.pull, isQuery: true, arguments: pull.wireBytes)
        guard case .value(let bytes) = reply else { throw CallError(.badArguments, "no value") }
        return try StreamBatch(wireBytes: bytes)
      }
      if case .lost? = try await pull(StreamPull(ticket: 1, from: 0, credit: 1)).end {} else { Issue.record("a stream of nobody's") }
      let opened = try await pair.node.call(
        kind: "feed", id: "a", method: methodID(kind: "feed", name: "posts"), isQuery: true, arguments: [])
      guard case .value(let bytes) = opened else { throw CallError(.badArguments, "no ticket") }
      let ticket = try StreamTicket(wireBytes: bytes).number
      let end = try await pull(StreamPull(ticket: ticket, from: 0, credit: 1)).end
      if case .lost? = end {} else { Issue.record("somebody else's stream was read: \(String(describing: end))") }
      await #expect(throws: CallError.self) {
        try await pair.client.call(kind: "feed", id: "a", method: SystemMethod.pull, isQuery: true, arguments: [1, 2, 3])
      }
    }
  }
}
