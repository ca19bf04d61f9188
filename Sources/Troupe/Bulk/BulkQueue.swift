// Bulk calls of one loop that have not begun. Pure but for the calls themselves: when they run, and how many, says `Stage+Bulk`.
import TroupeNet

/// What bulk calls may take of a loop.
enum BulkLimits {
  /// Calls that wait. Past it they are refused.
  static let calls = 8_192
  /// Bytes of their arguments.
  static let bytes = 32 << 20
  /// How long they run between two looks at the sockets.
  static let slice: Duration = .microseconds(200)
  static let sliceCalls = 256
  /// Others that take less than this between two slices leave the loop time.
  static let slack: Duration = .milliseconds(1)
}

final class BulkQueue {
  private var calls: [ParkedCall?] = []
  private var next = 0
  /// Those that were not taken back.
  private(set) var count = 0
  private(set) var bytes = 0
  /// The next slice is planned.
  var isPlanned = false
  /// When a call that is not bulk was last refused for having waited too long.
  private(set) var lastShed = Instant(nanoseconds: .min)
  /// When the last slice ended, by the thread's own time: a process that is stopped, or gets a small part of a core, has not worked for others
  /// meanwhile.
  var lastSliceEnded = Instant(nanoseconds: .min)
  /// When others last took so little of the loop that without bulk it would have waited.
  var lastSlack = Instant(nanoseconds: .min)

  var isFull: Bool { count >= BulkLimits.calls || bytes >= BulkLimits.bytes }

  func shed(at now: Instant) { lastShed = now }

  /// Whether others are being refused, so that there is nothing to give to bulk.
  func isBehind(at now: Instant, patience: Int64) -> Bool {
    lastShed.nanoseconds != .min && now.nanoseconds &- lastShed.nanoseconds <= patience
  }

  func append(_ call: ParkedCall) {
    calls.append(call)
    count += 1
    bytes += call.arguments.count
  }

  func popFirst() -> ParkedCall? {
    while next < calls.count {
      let call = calls[next]
      calls[next] = nil
      next += 1
      if next == calls.count {
        calls.removeAll(keepingCapacity: calls.capacity <= BulkLimits.calls)
        next = 0
      } else if next > 4_096, next * 2 > calls.count {
        calls.removeFirst(next)
        next = 0
      }
      guard let call else { continue }
      count -= 1
      bytes -= call.arguments.count
      return call
    }
    return nil
  }

  /// The one that its caller takes back, if it is here.
  func take(_ origin: CallOrigin) -> ParkedCall? {
    guard count > 0, let index = calls.firstIndex(where: { $0?.sink.isFrom(origin) ?? false }) else { return nil }
    let call = calls[index]
    calls[index] = nil
    count -= 1
    bytes -= call?.arguments.count ?? 0
    return call
  }

  func takeAll() -> [ParkedCall] {
    let all = calls[next...].compactMap(\.self)
    calls = []
    (next, count, bytes) = (0, 0, 0)
    return all
  }
}
