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
  /// To read a bulk call and set it down takes no longer than this, whatever was measured.
  static let arrival: Duration = .microseconds(20)
}

final class BulkQueue {
  private var calls: [ParkedCall?] = []
  private var next = 0
  /// How many have stood in front of `calls` since the beginning.
  private var gone = 0
  /// Where each stands, counted from the beginning: when there is too much to do, thousands are taken back at once.
  private var places: [CallOrigin: Int] = [:]
  /// Those that were not taken back.
  private(set) var count = 0
  private(set) var bytes = 0
  /// The next slice is planned.
  var isPlanned = false
  /// When a call that is not bulk was last refused for having waited too long.
  private(set) var lastShed = Instant(nanoseconds: .min)
  /// When the last slice ended, by the thread's own time: a process that is stopped, or gets a small part of a core, has not worked for others
  /// meanwhile.
  private var lastSliceEnded = Instant(nanoseconds: .min)
  /// Bulk calls that have come, whether they wait or were refused.
  var arrived: UInt64 = 0
  /// Those and all others, when the last slice ended.
  private var arrivedBefore: UInt64 = 0
  private var allBefore: UInt64 = 0
  /// When others last took so little of the loop that without bulk it would have waited.
  var lastSlack = Instant(nanoseconds: .min)

  var isFull: Bool { count >= BulkLimits.calls || bytes >= BulkLimits.bytes }

  func shed(at now: Instant) { lastShed = now }

  /// Whether others are being refused, so that there is nothing to give to bulk.
  func isBehind(at now: Instant, patience: Int64) -> Bool {
    lastShed.nanoseconds != .min && now.nanoseconds &- lastShed.nanoseconds <= patience
  }

  /// A slice has ended: what comes from now on came behind it.
  func sliceEnded(at time: Instant, calls: UInt64) { (lastSliceEnded, arrivedBefore, allBefore) = (time, arrived, calls) }

  /// What others took of a loop since the last slice, as far as can be told: to read a flood of bulk calls takes time too. How much, is seen where
  /// nobody else came.
  ///
  /// - Parameters:
  ///   - time: by the clock of `sliceEnded`.
  ///   - calls: of all kinds, since the beginning.
  func ofOthers(until time: Instant, calls: UInt64) -> Duration {
    guard lastSliceEnded.nanoseconds != .min else { return .seconds(1) }
    let (taken, bulk) = (time - lastSliceEnded, Int64(clamping: arrived &- arrivedBefore))
    guard calls &- allBefore > UInt64(bulk) else {
      if bulk >= Self.enoughToMeasure { arrivalCost = min((arrivalCost * 7 + taken / bulk) / 8, BulkLimits.arrival) }
      return .zero
    }
    return max(.zero, taken - arrivalCost * bulk)
  }

  private static let enoughToMeasure: Int64 = 16
  /// What it takes to read a bulk call and set it down.
  private var arrivalCost: Duration = .microseconds(3)

  func append(_ call: ParkedCall) {
    if let origin = call.sink.origin { places[origin] = gone + calls.count }
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
        gone += next
        calls.removeAll(keepingCapacity: calls.capacity <= BulkLimits.calls)
        next = 0
      } else if next > 4_096, next * 2 > calls.count {
        gone += next
        calls.removeFirst(next)
        next = 0
      }
      guard let call else { continue }
      if let origin = call.sink.origin { places[origin] = nil }
      count -= 1
      bytes -= call.arguments.count
      return call
    }
    return nil
  }

  /// The one that its caller takes back, if it is here.
  func take(_ origin: CallOrigin) -> ParkedCall? {
    guard let place = places.removeValue(forKey: origin) else { return nil }
    let call = calls[place - gone]
    calls[place - gone] = nil
    count -= 1
    bytes -= call?.arguments.count ?? 0
    return call
  }

  func takeAll() -> [ParkedCall] {
    let all = calls[next...].compactMap(\.self)
    calls = []
    places = [:]
    (next, count, bytes, gone) = (0, 0, 0, 0)
    return all
  }
}
