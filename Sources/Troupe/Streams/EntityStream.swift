// What a method of a `Ref` returns for an entity's method that returns an `AsyncSequence`.

/// Items that an entity hands out one after another, wherever it lives.
///
/// ```swift
/// for try await change in cart.changes(since: 3) { … }
/// ```
/// Nothing is called before somebody iterates; each iteration opens a stream of its own. Opening is a query: it is sent again where
/// that is safe, within the deadline of the `Ref`. After it a stream may last for ever.
///
/// - Every item arrives once and in order, also when the connection is replaced meanwhile. The entity is asked for as many bytes as
///   the window holds (`window(_:)`, 256 KiB), and its sequence waits when the consumer is slower.
/// - The stream ends when the consumer leaves its loop or its task is cancelled: the entity's sequence is cancelled then. A consumer
///   that is not heard for 30 s is taken for gone.
/// - It throws the entity's own `Failure` as its type, `CallError` with `.streamLost` when the entity moved, restarted or left memory
///   (open it again from where you stand), and the `CallError` of any call when the entity cannot be reached.
public struct EntityStream<Element: Wire, EntityFailure: Error & Wire>: AsyncSequence, Sendable {
  private var raw: RawStream

  init(_ raw: RawStream) { self.raw = raw }

  /// The same with another bound for what is sent ahead of the consumer, bytes; 1 KiB to 1 MiB.
  public func window(_ bytes: Int) -> Self {
    var copy = self
    copy.raw.window = bytes.clamped(to: StreamLimits.windows)
    return copy
  }

  public func makeAsyncIterator() -> Iterator { Iterator(raw: raw.makeAsyncIterator()) }

  public struct Iterator: AsyncIteratorProtocol {
    var raw: RawStream.Iterator

    public mutating func next() async throws -> Element? { try await next(isolation: nil) }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
      do {
        return try await raw.next(isolation: actor).map { try Element(wireBytes: $0) }
      } catch let failure as RawStream.EntityFailure {
        throw try EntityFailure(wireBytes: failure.bytes)
      }
    }
  }
}

extension EntityRef {
  /// Called by generated code.
  public func stream<Element: Wire>(_ method: UInt64, _ write: (inout Writer) -> Void) -> EntityStream<Element, Target.Failure> {
    var writer = Writer()
    write(&writer)
    return EntityStream(
      RawStream(
        target: target, kind: Target.kind, method: method, name: .of(Target.self), arguments: writer.bytes))
  }
}
