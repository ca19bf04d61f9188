// What links told their delegates, in order, and waiting for it: tests wait for events, never for time.
import Synchronization
import Testing
import TroupeTransport

enum LinkEvent: Equatable, Sendable {
  case opened(String)
  case closed(String)
  case epoch(UInt64)
  case asked(topic: UInt8, [UInt8])
  case called(entity: String)
  case takenBack
  case rawOpened
  case rawClosed(String)
  case rawReceived([UInt8])
}

final class EventLog: Sendable {
  private struct Wait {
    let isMet: @Sendable (LinkEvent) -> Bool
    let continuation: CheckedContinuation<LinkEvent, Never>
  }

  private struct Kept {
    var events: [LinkEvent] = []
    var waits: [Wait] = []
  }

  private let kept = Mutex(Kept())

  var all: [LinkEvent] { kept.withLock { $0.events } }

  func add(_ event: LinkEvent) {
    let met = kept.withLock { kept in
      kept.events.append(event)
      let met = kept.waits.filter { $0.isMet(event) }
      kept.waits.removeAll { $0.isMet(event) }
      return met
    }
    for wait in met { wait.continuation.resume(returning: event) }
  }

  /// The first event, past or future, that `isMet`.
  @discardableResult
  func first(_ isMet: @escaping @Sendable (LinkEvent) -> Bool) async -> LinkEvent {
    await withCheckedContinuation { continuation in
      let past = kept.withLock { kept in
        let past = kept.events.first(where: isMet)
        if past == nil { kept.waits.append(Wait(isMet: isMet, continuation: continuation)) }
        return past
      }
      if let past { continuation.resume(returning: past) }
    }
  }

  /// Waits for a link to end; its reason's code.
  func closed() async -> String {
    guard case .closed(let code) = await first({ if case .closed = $0 { true } else { false } }) else { return "" }
    return code
  }

  func rawClosed() async -> String {
    guard case .rawClosed(let code) = await first({ if case .rawClosed = $0 { true } else { false } }) else { return "" }
    return code
  }
}

extension EventLog {
  /// Waits until a link has ended that was alive when `count` events were known, and expects its reason.
  func waitForClosed(after count: Int, _ code: String) async {
    while true {
      // One look: an event that came between a look and a count would be waited for without end.
      let known = all
      if let found = known.dropFirst(count).first(where: { if case .closed = $0 { true } else { false } }) {
        #expect(found == .closed(code))
        return
      }
      await next(after: known.count)
    }
  }

  /// Waits for one more event than `count`.
  private func next(after count: Int) async {
    if all.count > count { return }
    _ = await withCheckedContinuation { (continuation: CheckedContinuation<LinkEvent, Never>) in
      let missed = kept.withLock { kept -> LinkEvent? in
        if kept.events.count > count { return kept.events.last }
        kept.waits.append(Wait(isMet: { _ in true }, continuation: continuation))
        return nil
      }
      if let missed { continuation.resume(returning: missed) }
    }
  }
}
