// Many streams of one source: what an entity tells everybody who listens to it.

import Synchronization

/// Hands each element to every stream that it has made, for entities whose changes are watched.
///
/// ```swift
/// private let changes = Broadcast<State>()
/// @Query func watch() -> AsyncStream<State> { changes.stream(beginningWith: state) }
/// ```
/// A listener that is slower than the source misses what is older than the newest `buffer` elements: the source never waits.
/// Listeners that have left are forgotten at once.
public final class Broadcast<Element: Sendable>: Sendable {
  private struct Listeners {
    var all: [(number: Int, continuation: AsyncStream<Element>.Continuation)] = []
    var next = 0
  }

  // A lock, since a stream may end on any thread. Never held while somebody else's code runs.
  private let listeners = Mutex(Listeners())

  public init() {}

  public var count: Int { listeners.withLock { $0.all.count } }

  /// What is sent from now on, behind `first`. `buffer` elements wait for a slow listener.
  public func stream(beginningWith first: Element? = nil, buffer: Int = 1) -> AsyncStream<Element> {
    let (stream, continuation) = AsyncStream<Element>.makeStream(bufferingPolicy: .bufferingNewest(max(1, buffer)))
    if let first { continuation.yield(first) }
    let number = listeners.withLock {
      $0.next += 1
      $0.all.append(($0.next, continuation))
      return $0.next
    }
    continuation.onTermination = { [weak self] _ in self?.listeners.withLock { $0.all.removeAll { $0.number == number } } }
    return stream
  }

  public func send(_ element: Element) {
    for listener in listeners.withLock({ $0.all }) { listener.continuation.yield(element) }
  }
}
