// One stream in a trace: a span from its opening to its end, below which stand the call that opened it, its pulls and its farewell.

final class StreamTrace: Sendable {
  /// What the stream's calls are a part of.
  let context: TraceContext
  private let span: TraceSpan
  private let home: StageHome

  init(_ span: TraceSpan, on home: StageHome) {
    context = span.context
    self.span = span
    self.home = home
  }

  /// Once, from any thread.
  func end(_ outcome: String, items: UInt64, error: String? = nil) {
    home.loop.execute { [span, home] in home.stage.value.tracer?.endStream(span, outcome, items: items, error: error) }
  }

  func end(_ error: any Error, items: UInt64) {
    switch error {
    case is RawStream.EntityFailure: end("failure", items: items)
    case let error as CallError: end(error.code.rawValue, items: items, error: error.message)
    default: end("fault", items: items, error: "\(error)")
    }
  }

  func end(_ end: StreamEnd, items: UInt64) {
    switch end {
    case .finished: self.end("finished", items: items)
    case .failure: self.end("failure", items: items)
    case .fault(let text): self.end("fault", items: items, error: text)
    case .lost(let text): self.end("lost", items: items, error: text)
    }
  }
}

/// A stream that its entity has opened.
struct OpenedStream: Sendable {
  /// Its calls are made in its own span, where it has one.
  let stream: RawStream
  let ticket: UInt64
  let trace: StreamTrace?
}

extension Stage {
  nonisolated(nonsending) func open(_ stream: RawStream) async throws -> OpenedStream {
    var stream = stream
    let trace = beginTrace(of: stream)
    if let trace { stream.target.options.trace = trace.context }
    do {
      return OpenedStream(stream: stream, ticket: try await stream.takeTicket(), trace: trace)
    } catch {
      trace?.end(error, items: 0)
      throw error
    }
  }

  private func beginTrace(of stream: RawStream) -> StreamTrace? {
    guard let tracer, let parent = trace(stream.target.options, TurnInfo.current) else { return nil }
    return tracer.beginStream(stream.target, stream.method, stream.name, in: parent).map { StreamTrace($0, on: home) }
  }
}
