// The consumer's side of a stream, in bytes: opened by a call, then pulled batch by batch, each confirming the one before. While the
// consumer works through one batch the next is on its way.

import Synchronization

/// A stream of a method's items as bytes, for doors that know contracts and no Swift types. See `EntityStream`.
public struct RawStream: AsyncSequence, Sendable {
  var target: RefTarget
  let kind: String
  let method: UInt64
  let name: CalledName
  let arguments: [UInt8]
  var window = StreamLimits.usualWindow

  /// An error of the entity's own, encoded as its type.
  public struct EntityFailure: Error {
    public let bytes: [UInt8]
  }

  public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

  public struct Iterator: AsyncIteratorProtocol {
    let stream: RawStream
    private var reading: StreamReading?
    private var batch: ArraySlice<[UInt8]> = []
    private var end: StreamEnd?

    init(stream: RawStream) { self.stream = stream }

    public mutating func next() async throws -> [UInt8]? { try await next(isolation: nil) }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
      while batch.isEmpty {
        if let end {
          reading = nil
          return try stream.last(end)
        }
        if reading == nil { reading = StreamReading(try await stream.open()) }
        let next = try await reading!.next()
        batch = next.items[...]
        end = next.end
      }
      return batch.removeFirst()
    }
  }

  // MARK: Calls

  nonisolated(nonsending) fileprivate func open() async throws -> OpenedStream {
    if let stage = target.cluster.currentStage { return try await stage.open(self) }
    let home = target.cluster.home(of: target.hash)
    let opening = Task(executorPreference: home.loop) { try await home.stage.value.open(self) }
    return try await withTaskCancellationHandler {
      try await opening.value
    } onCancel: {
      opening.cancel()
    }
  }

  nonisolated(nonsending) func takeTicket() async throws -> UInt64 {
    let called = CalledMethod(method, isQuery: true, isRepeatable: true)
    let reply = try await target.cluster.perform(target, called, kind: kind, name) { $0.append(arguments.span.bytes) }
    if reply.status == .failure { throw EntityFailure(bytes: reply.bytes) }
    return try StreamTicket(wireBytes: reply.bytes).number
  }

  fileprivate nonisolated(nonsending) func pull(_ ticket: UInt64, from: UInt64) async throws -> StreamBatch {
    let called = CalledMethod(SystemMethod.pull, isQuery: true, isRepeatable: true)
    var target = target
    target.options.deadline = StreamLimits.pull
    target.options.caller = nil  // the ticket says enough, and outlives a signed name
    let reply = try await target.cluster.perform(target, called, kind: kind, .named(kind: kind, method: "pull")) {
      $0.write(StreamPull(ticket: ticket, from: from, credit: UInt64(window)))
    }
    return try StreamBatch(wireBytes: reply.bytes)
  }

  /// Nobody waits for it: a stream that is not closed ends by silence.
  fileprivate func close(_ ticket: UInt64) {
    let called = CalledMethod(SystemMethod.close, isQuery: true, isRepeatable: true)
    var target = target
    target.options.caller = nil
    Task(executorPreference: target.cluster.home(of: target.hash).loop) { [target] in
      _ = try? await target.cluster.perform(target, called, kind: kind, .named(kind: kind, method: "close")) {
        $0.write(StreamTicket(number: ticket))
      }
    }
  }

  /// Nil at a good end.
  fileprivate func last(_ end: StreamEnd) throws -> [UInt8]? {
    switch end {
    case .finished: return nil
    case .failure(let bytes): throw EntityFailure(bytes: bytes)
    case .fault(let text): throw CallError(.entityFault, text, executed: .maybe)
    case .lost(let text): throw CallError(.streamLost, text, executed: .maybe, mayRetry: true)
    }
  }
}

/// One reading of a stream, from its opening to its end. Belongs to one iterator; when that goes, so does the stream.
private final class StreamReading {
  private let stream: RawStream
  private let ticket: UInt64
  /// Until it has ended.
  private var trace: StreamTrace?
  private var received: UInt64 = 0
  /// The entity knows nothing of it any more.
  private var isLost = false
  /// On its way.
  private var pull: Task<StreamBatch, any Error>?

  init(_ opened: OpenedStream) {
    stream = opened.stream
    ticket = opened.ticket
    trace = opened.trace
  }

  nonisolated(nonsending) func next() async throws -> StreamBatch {
    let pull = pull ?? start()
    let batch: StreamBatch
    do {
      batch = try await take(pull)
    } catch {
      trace?.end(error, items: received)
      trace = nil
      throw error
    }
    received += UInt64(batch.items.count)
    if case .lost? = batch.end { isLost = true }
    if let end = batch.end {
      trace?.end(end, items: received)
      trace = nil
    }
    self.pull = batch.end == nil ? start() : nil
    return batch
  }

  private nonisolated(nonsending) func take(_ pull: Task<StreamBatch, any Error>) async throws -> StreamBatch {
    try await withTaskCancellationHandler {
      try await pull.value
    } onCancel: { [stream, ticket] in
      pull.cancel()
      stream.close(ticket)  // at once, where the pull that is taken back ends the stream only when somebody looks for such calls
    }
  }

  private func start() -> Task<StreamBatch, any Error> {
    Task(executorPreference: stream.target.cluster.home(of: stream.target.hash).loop) { [stream, ticket, received] in
      try await stream.pull(ticket, from: received)
    }
  }

  deinit {
    pull?.cancel()
    trace?.end("closed", items: received)
    if !isLost { stream.close(ticket) }
  }
}

extension Cluster {
  /// Where calls to an entity are made that nobody's loop makes.
  func home(of hash: UInt64) -> StageHome { stages[Int(truncatingIfNeeded: hash % UInt64(stages.count))] }

  /// A stream by the number of its method. Nothing is called before somebody iterates.
  public func stream(
    kind: String, id: String, method: UInt64, arguments: [UInt8], options: CallOptions = CallOptions()
  ) -> RawStream {
    var target = RefTarget(kind: kind, id: id, cluster: self)
    target.options = options
    return RawStream(target: target, kind: kind, method: method, name: .named(kind: kind, method: nil), arguments: arguments)
  }
}
