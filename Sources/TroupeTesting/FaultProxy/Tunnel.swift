// One proxied connection: two sockets and the faulty stream of each direction. It moves bytes and ends; what happens to them the streams
// decide.
import Glibc
import TroupeNet

/// A connection through the proxy. End 0 is the client's, end 1 the target's; way `i` is what end `i` sends.
struct Tunnel: Sendable {
  /// A connection that nobody is to notice: both ways are black holes, until it is reset.
  private(set) var isDropped: Bool
  private(set) var isUnreachable = false
  private var sockets: [ProxySocket?]
  private var ways: [FaultyStream]
  /// What left a way's stream and the kernel did not take yet.
  private var outgoing: [ArraySlice<UInt8>] = [[], []]
  private var isConnected = false

  init(client: ProxySocket, target: ProxySocket, _ faults: ProxyFaults, isDropped: Bool, seed: UInt64) {
    self.isDropped = isDropped
    sockets = [client, target]
    let both = Self.faults(faults, isDropped)
    ways = [FaultyStream(both[0], seed: seed), FaultyStream(both[1], seed: ~seed)]
  }

  private static func faults(_ faults: ProxyFaults, _ isDropped: Bool) -> [StreamFaults] {
    [faults.towardsTarget, faults.towardsClient].map {
      var way = $0
      way.isBlackHole = way.isBlackHole || isDropped
      return way
    }
  }

  var statistics: (towardsTarget: StreamStatistics, towardsClient: StreamStatistics) { (ways[0].statistics, ways[1].statistics) }
  var waiting: Int { ways[0].waitingBytes + ways[1].waitingBytes + outgoing[0].count + outgoing[1].count }

  /// Both sides are gone, or both have said all they will and heard all they can.
  var isFinished: Bool {
    sockets[0] == nil && sockets[1] == nil || ways[0].isFinished && ways[1].isFinished && outgoing.allSatisfy(\.isEmpty)
  }

  // MARK: What to wait for

  /// For an end: its descriptor and the events that matter; nil when none does.
  func interest(of end: Int) -> pollfd? {
    guard let socket = sockets[end] else { return nil }
    var events: Int32 = 0
    if end == 1, !isConnected {
      events = POLLOUT
    } else {
      if !ways[end].hasSourceEnded, ways[end].waitingBytes + outgoing[end].count < FaultyStream.waitingLimit { events |= POLLIN }
      if !outgoing[1 - end].isEmpty { events |= POLLOUT }
    }
    return events == 0 ? nil : pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
  }

  /// When something leaves a stream that could be sent. What the kernel does not take has an event of its own.
  var wakeAt: Instant? {
    [0, 1].compactMap { way in
      guard outgoing[way].isEmpty, isConnected || way == 1 else { return nil }
      return ways[way].wakeAt
    }.min()
  }

  // MARK: What happens

  mutating func set(_ faults: ProxyFaults, now: Instant) {
    isDropped = isDropped && faults.dropsConnections > 0
    for (way, its) in Self.faults(faults, isDropped).enumerated() { ways[way].set(its, now: now) }
    pump(now)
  }

  mutating func halfClose(_ direction: ProxyDirection, now: Instant) {
    ways[direction == .towardsTarget ? 0 : 1].halfClose(now: now)
    pump(now)
  }

  /// `poll` has something for an end.
  mutating func ready(_ end: Int, _ events: Int16, now: Instant) {
    guard let socket = sockets[end] else { return }
    if end == 1, !isConnected {
      guard socket.error == 0 else {
        isUnreachable = true
        return reset()
      }
      isConnected = true
    } else if Int32(events) & (POLLIN | POLLHUP | POLLERR) != 0, !ways[end].hasSourceEnded {
      read(end, socket, now)
    }
  }

  private mutating func read(_ end: Int, _ socket: ProxySocket, _ now: Instant) {
    switch socket.receive() {
    case .bytes(let bytes): ways[end].take(bytes, now: now)
    case .end: ways[end].takeEnd(now: now)
    case .nothing: break
    case .lost: lose(end, now)
    }
  }

  /// An end is gone: the other one hears of it behind what is under way.
  private mutating func lose(_ end: Int, _ now: Instant) {
    sockets[end]?.close()
    sockets[end] = nil
    outgoing[1 - end] = []
    ways[end].takeReset(now: now)
  }

  /// RST to both.
  mutating func reset() {
    for end in [0, 1] {
      sockets[end]?.reset()
      sockets[end] = nil
    }
    outgoing = [[], []]
  }

  /// Lets go of both sockets in peace.
  mutating func close() {
    for end in [0, 1] {
      sockets[end]?.close()
      sockets[end] = nil
    }
  }

  // MARK: Moving bytes

  /// Sends whatever is due.
  mutating func pump(_ now: Instant) {
    for way in [0, 1] where isConnected || way == 1 {
      while flush(way, now), let action = ways[way].next(now: now) {
        switch action {
        case .pass(let bytes, _): outgoing[way] = bytes[...]
        case .end: sockets[1 - way]?.endSending()
        case .reset: return reset()
        }
      }
    }
  }

  /// Whether everything that had left the stream is with the kernel, or can go nowhere any more.
  private mutating func flush(_ way: Int, _ now: Instant) -> Bool {
    while !outgoing[way].isEmpty {
      guard let sink = sockets[1 - way] else {
        outgoing[way] = []
        return true
      }
      switch sink.send(outgoing[way]) {
      case .count(0): return false
      case .count(let count): outgoing[way].removeFirst(count)
      case .lost: lose(1 - way, now)
      }
    }
    return true
  }
}
