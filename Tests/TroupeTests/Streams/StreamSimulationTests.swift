// Streams over a bad network, and over nodes that come and go.
import Synchronization
import Testing
import Troupe
import TroupeTesting

/// A consumer on the client's loop, which goes on while the world is advanced.
private final class Consumer: Sendable {
  struct Seen {
    var numbers: [Int] = []
    var isOver = false
    var error: CallError?
  }
  private let state = Mutex(Seen())
  var seen: Seen { state.withLock { $0 } }

  func read(_ stream: EntityStream<Feed.Post, Feed.Failure>) {
    guard let loop = CurrentLoop.loop else { return }
    Task(executorPreference: loop) { [self] in
      do {
        for try await post in stream { state.withLock { $0.numbers.append(post.number) } }
        state.withLock { $0.isOver = true }
      } catch {
        state.withLock { ($0.isOver, $0.error) = (true, error as? CallError) }
      }
    }
  }
}

@Suite struct StreamSimulationTests {
  private static func consumer(
    in scene: CallScene, _ stream: @escaping @Sendable (Cluster) -> EntityStream<Feed.Post, Feed.Failure>
  ) throws -> Consumer {
    let consumer = Consumer()
    try scene.cluster.run { consumer.read(stream($0)) }
    return consumer
  }

  @Test(arguments: 1...8) func nothingIsLostOrDoubledOverLostConnections(seed: UInt64) throws {
    let scene = try CallScene(seed: seed)
    let consumer = try Self.consumer(in: scene) { $0.entity(Feed.self, "a").numbers(to: 10_000, size: 100).window(2_048) }
    var resets = 0
    for _ in 0..<2_000 where !consumer.seen.isOver {
      scene.cluster.advance(by: .milliseconds(5))
      scene.network.reset("client", "n1")
      resets += 1
    }
    #expect(consumer.seen.numbers == Array(1...10_000) && consumer.seen.error == nil)
    #expect(resets >= 10)
  }

  @Test(arguments: 1...4) func aDeadNodesStreamIsLostByName(seed: UInt64) throws {
    let scene = try CallScene(nodes: 3, seed: seed)
    let id = try scene.name(of: "feed", on: "n2")
    let consumer = try Self.consumer(in: scene) { $0.entity(Feed.self, id).posts() }
    scene.cluster.advance(by: .seconds(1))
    _ = try scene.cluster.run { try await $0.entity(Feed.self, id).post() }
    scene.cluster.advance(by: .seconds(1))
    #expect(consumer.seen.numbers == [1] && !consumer.seen.isOver)
    scene.cluster.crash("n2")
    scene.cluster.advance(by: .seconds(30))
    #expect(consumer.seen.isOver && consumer.seen.error?.code == .streamLost && consumer.seen.error?.mayRetry == true)
    // Opened again it is served by the heir.
    let next = try Self.consumer(in: scene) { $0.entity(Feed.self, id).numbers(to: 10) }
    scene.cluster.advance(by: .seconds(5))
    #expect(next.seen.numbers == Array(1...10))
  }

  @Test func aShardThatMovesEndsItsStreamsAndIsNotHeldBackByThem() throws {
    let scene = try CallScene(nodes: 2)
    let id = try scene.name(of: "feed", on: "n2")
    let consumer = try Self.consumer(in: scene) { $0.entity(Feed.self, id).posts() }
    scene.cluster.advance(by: .seconds(1))
    try scene.cluster.run { try await $0.drain("n2") }
    scene.cluster.advance(by: .seconds(10))
    #expect(consumer.seen.isOver && consumer.seen.error?.code == .streamLost)
    let left = try scene.cluster.run { try await $0.status() }
    #expect(left.nodes.first { $0.id == "n2" }?.shards ?? 0 == 0)
  }

  @Test func aSilentConsumerIsTakenForGone() throws {
    let scene = try CallScene()
    _ = try Self.consumer(in: scene) { $0.entity(Feed.self, "a").posts() }
    scene.cluster.advance(by: .seconds(1))
    #expect(try scene.cluster.run { try await $0.entity(Feed.self, "a").listening() } == 1)
    scene.network.isolate("client")
    scene.cluster.advance(by: .seconds(60))
    scene.network.healAll()
    let after = try scene.cluster.run { try await $0.entity(Feed.self, "a").within(.seconds(30)).listening() }
    #expect(after == 0)
  }

  @Test func aStreamThatNothingComesOverStaysOpen() throws {
    let scene = try CallScene()
    let consumer = try Self.consumer(in: scene) { $0.entity(Feed.self, "a").posts() }
    scene.cluster.advance(by: .seconds(300))
    #expect(try scene.cluster.run { try await $0.entity(Feed.self, "a").post() } == 1)
    scene.cluster.advance(by: .seconds(1))
    #expect(consumer.seen.numbers == [1] && !consumer.seen.isOver)
  }
}
