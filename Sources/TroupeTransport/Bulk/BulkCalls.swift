// Calls of a link that have time: few of them are with the peer at once, and the others wait here, so that a call which has none never
// stands behind more than those few. Pure: frames and answers go in, frames that may leave come out.

/// How many bulk calls of one link the peer has at once.
enum BulkLimits {
  /// What keeps a loop busy until the next answer is read, and is done within milliseconds if each takes ten microseconds.
  static let calls = 256
  /// The same in bytes of frames. One call alone may be larger.
  static let bytes = 256 << 10
  /// Bulk calls that wait for those; past it callers are refused.
  static let waiting = 16_384
}

struct BulkCalls {
  /// A CALL frame, type byte first, with an identity that needs no declaration.
  struct Frame {
    let request: UInt32
    let kind: UInt32
    let entity: String
    let identity: CallerIdentity?
    var bytes: [UInt8]
  }

  /// Those that the peer has: the size of each, by its request.
  private var open: [UInt32: Int] = [:]
  private var openBytes = 0
  private var waiting: [Frame] = []
  private var next = 0
  /// Of those that wait, the ones whose callers still want them.
  private var wanted: Set<UInt32> = []
  private(set) var waitingBytes = 0
  /// Whether an answer may be to one of them: looked at with every answer.
  private(set) var isUnderWay = false

  var isWaiting: Bool { next < waiting.count }
  var waitingCount: Int { waiting.count - next }

  /// Whether the next one has to wait.
  var isFull: Bool { isWaiting || open.count >= BulkLimits.calls || openBytes >= BulkLimits.bytes }

  /// Too many wait already.
  var isOverfull: Bool { waitingCount >= BulkLimits.waiting }

  /// It leaves, or stands where nothing holds it back any more.
  mutating func left(_ request: UInt32, bytes: Int) {
    open[request] = bytes
    openBytes += bytes
    isUnderWay = true
  }

  /// The peer has done with it. Returns whether others may leave now.
  mutating func ended(_ request: UInt32) -> Bool {
    guard let bytes = open.removeValue(forKey: request) else { return false }
    openBytes -= bytes
    isUnderWay = !open.isEmpty
    return isWaiting
  }

  mutating func wait(_ frame: Frame) {
    waiting.append(frame)
    wanted.insert(frame.request)
    waitingBytes += frame.bytes.count
  }

  /// The next one that may leave and that somebody wants. `all`: whether there is room or not.
  mutating func take(all: Bool = false) -> Frame? {
    while isWaiting, all || open.count < BulkLimits.calls && openBytes < BulkLimits.bytes {
      let frame = waiting[next]
      next += 1
      waitingBytes -= frame.bytes.count
      if next == waiting.count {
        waiting.removeAll(keepingCapacity: true)
        next = 0
      } else if next > 4_096, next * 2 > waiting.count {
        waiting.removeFirst(next)
        next = 0
      }
      if wanted.remove(frame.request) != nil { return frame }
    }
    return nil
  }

  /// Nobody wants it any more. Returns whether it was still here, so that the peer will never see it.
  mutating func takeBack(_ request: UInt32) -> Bool { wanted.remove(request) != nil }

  /// Those that never left.
  var unsentCalls: [UInt32] { waiting[next...].map(\.request).filter(wanted.contains) }

  /// Forgets what left, but for those that are still open.
  mutating func keepOpen(_ isOpen: (UInt32) -> Bool) {
    open = open.filter { isOpen($0.key) }
    openBytes = open.values.reduce(0, +)
    isUnderWay = !open.isEmpty
  }
}
