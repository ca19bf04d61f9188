// An entity that hands out streams of every sort, for the runtime's own tests.
import Synchronization
import Troupe

@Entity("feed")
actor Feed {
  @Wire enum Failure: Error, Equatable { case notYet, broke(Int) }
  @Wire struct Post: Equatable, Sendable {
    var number: Int
    var text: [UInt8] = []
  }

  private var listeners: [AsyncStream<Post>.Continuation] = []
  /// Counted by whoever ends a stream. Not a turn: in a simulation a task of nobody's loop would wait for a thread.
  private let gone = Count()
  private var handedOut = 0
  private var posted = 0

  @Command func post() -> Int {
    posted += 1
    for listener in listeners { listener.yield(Post(number: posted)) }
    return listening()
  }
  @Query func listening() -> Int { listeners.count - gone.value }
  @Query func left() -> Int { gone.value }
  @Query func taken() -> Int { handedOut }

  /// What is posted from now on.
  @Query func posts() -> AsyncStream<Post> {
    let (stream, continuation) = AsyncStream<Post>.makeStream()
    listeners.append(continuation)
    continuation.onTermination = { [gone] _ in gone.increase() }
    return stream
  }

  /// Taken on the entity, one after another, as far as somebody wants them.
  @Query func numbers(to last: Int, size: Int = 0, failing: Bool = false) throws -> some AsyncSequence<Post, any Error> {
    guard last >= 0 else { throw Failure.notYet }
    return Counting(last: last, size: size, failing: failing, feed: self)
  }

  fileprivate func handOut() { handedOut += 1 }

  @Query func broken() -> AsyncThrowingStream<Post, any Error> {
    AsyncThrowingStream { continuation in
      continuation.yield(Post(number: 1))
      continuation.finish(throwing: Unforeseen())
    }
  }

  struct Unforeseen: Error {}

  /// Reads another feed's numbers to the end: their sum.
  @Query func sum(of other: String, to last: Int) async throws -> Int {
    var sum = 0
    for try await post in context.entity(Feed.self, other).numbers(to: last) { sum += post.number }
    return sum
  }
}

private final class Count: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func increase() { count.add(1, ordering: .relaxed) }
}

private struct Counting: AsyncSequence, AsyncIteratorProtocol {
  let last: Int
  let size: Int
  let failing: Bool
  let feed: Feed
  var number = 0

  func makeAsyncIterator() -> Counting { self }

  mutating func next() async throws -> Feed.Post? {
    guard number < last else {
      if failing { throw Feed.Failure.broke(number) }
      return nil
    }
    number += 1
    await feed.handOut()
    return Feed.Post(number: number, text: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size))
  }
}
