// Spans into a file that anybody can look at, without a server for them. A loop only hands a span over; a thread of its own encodes
// and writes. When that cannot keep up, spans are dropped and counted: a call never waits for its trace.

@preconcurrency import Dispatch
import Foundation
import Logging
import Synchronization
import Troupe

final class TraceLog: CallTracer {
  /// Spans that wait to be written: some 4 MB, and a second's worth of a busy node that samples a tenth.
  static let waitingLimit = 8_192
  /// For what still waits when the process stops.
  private static let closingLimit = DispatchTimeInterval.seconds(2)

  private typealias Ended = (span: TraceSpan, end: TraceSpan.End)

  private struct State {
    var waiting: [Ended] = []
    var dropped = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let logger: Logger
  private let write: @Sendable (String) throws -> Void

  /// - Parameter write: takes whole lines, on the log's thread.
  init(logger: Logger, write: @escaping @Sendable (String) throws -> Void) {
    self.logger = logger
    self.write = write
    let thread = Thread { self.run() }
    thread.name = "traces"
    thread.start()
  }

  /// Spans that were not written.
  var dropped: Int { state.withLock { $0.dropped } }

  func ended(_ span: TraceSpan, _ end: TraceSpan.End) {
    let isFirst = state.withLock { state in
      guard state.waiting.count < Self.waitingLimit, !state.isClosed else {
        state.dropped += 1
        return false
      }
      state.waiting.append((span, end))
      return state.waiting.count == 1
    }
    if isFirst { wake.signal() }
  }

  /// Writes what waits, and takes no more.
  func close() {
    state.withLock { $0.isClosed = true }
    wake.signal()
    if done.wait(timeout: .now() + Self.closingLimit) == .timedOut { logger.warning("the trace log did not end in time") }
  }

  // MARK: The thread

  private func run() {
    var said = 0
    while true {
      wake.wait()
      let (batch, isClosed) = state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.isClosed)
      }
      put(batch)
      let dropped = dropped
      // At the first one and at each doubling: a disk that is full for a day fills no log.
      if dropped >= max(1, said * 2) || (isClosed && dropped > said) {
        logger.warning("\(dropped) spans were dropped so far: the trace log could not be written as fast as they came")
        said = dropped
      }
      if isClosed { break }
    }
    done.signal()
  }

  private func put(_ batch: [Ended]) {
    guard !batch.isEmpty else { return }
    do {
      try write(batch.map { TraceLine.json($0.span, $0.end).text + "\n" }.joined())
    } catch {
      state.withLock { $0.dropped += batch.count }
    }
  }
}

extension TraceLog {
  /// Nil without a file.
  static func open(_ path: String?, logger: Logger) throws(Refusal) -> TraceLog? {
    guard let path else { return nil }
    let file = Mutex(try TraceFile(path))
    return TraceLog(logger: logger) { lines in try file.withLock { try $0.append(lines) } }
  }
}
