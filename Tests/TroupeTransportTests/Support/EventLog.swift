// What links told their delegates, in order, and waiting for it: tests wait for events, never for time.
import Synchronization
import TroupeTransport

enum LinkEvent: Equatable, Sendable {
  case opened(String)
  case closed(String)
  case epoch(UInt64)
  case asked(topic: UInt8, [UInt8])
  case called(entity: String)
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
