// Everything that a running proxy has, behind one lock: its thread changes it between two polls, others when they set faults. So what they
// set holds when their call returns, for every byte that is sent after it.
import Glibc
import TroupeNet

struct ProxyState: Sendable {
  /// What `poll` is asked, and whose descriptor each is.
  struct Watch: Sendable {
    enum Meaning: Sendable {
      case alarm
      case listener
      case end(Int, of: Int)
    }

    var descriptors: [pollfd] = []
    var meanings: [Meaning] = []
    /// Milliseconds; -1: until something happens.
    var timeout: Int32 = -1

    mutating func add(_ meaning: Meaning, _ descriptor: pollfd) {
      meanings.append(meaning)
      descriptors.append(descriptor)
    }
  }

  struct Waiter: Sendable {
    let condition: @Sendable (FaultProxyStatistics) -> Bool
    let continuation: CheckedContinuation<Bool, Never>
  }

  /// Connections that are open at a time: two descriptors each, and most systems allow a process 1,024. More wait unaccepted.
  static let tunnelLimit = 400
  /// How long accepting rests when the system has no descriptors left.
  private static let rest: Duration = .milliseconds(100)

  private(set) var faults: ProxyFaults
  private(set) var isStopping = false
  private let target: sockaddr_storage
  private let alarm: Int32
  private let seed: UInt64
  private var dice: SeededRandom
  private var listener: ProxyListener
  private var acceptsAgainAt: Instant?
  /// In the order in which they were accepted.
  private var tunnels: [(number: Int, tunnel: Tunnel)] = []
  /// Without what open connections have done.
  private var sum = FaultProxyStatistics()
  private var waiters: [Waiter] = []

  init(_ listener: ProxyListener, target: sockaddr_storage, alarm: Int32, _ faults: ProxyFaults, seed: UInt64) {
    self.listener = listener
    self.target = target
    self.alarm = alarm
    self.seed = seed
    self.faults = faults
    dice = SeededRandom(seed: seed)
    self.listener.setListening(!faults.refusesConnections)
  }

  var statistics: FaultProxyStatistics {
    var statistics = sum
    statistics.open = tunnels.count
    for (_, tunnel) in tunnels { Self.add(tunnel, to: &statistics) }
    return statistics
  }

  private static func add(_ tunnel: Tunnel, to statistics: inout FaultProxyStatistics) {
    statistics.towardsTarget += tunnel.statistics.towardsTarget
    statistics.towardsClient += tunnel.statistics.towardsClient
    statistics.waiting += tunnel.waiting
  }

  // MARK: The thread's pass

  func watch(now: Instant) -> Watch {
    var watch = Watch()
    watch.add(.alarm, pollfd(fd: alarm, events: Int16(POLLIN), revents: 0))
    if listener.isListening, acceptsAgainAt == nil, tunnels.count < Self.tunnelLimit {
      watch.add(.listener, pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
    }
    var wakeAt = acceptsAgainAt
    for (number, tunnel) in tunnels {
      for end in [0, 1] { if let descriptor = tunnel.interest(of: end) { watch.add(.end(end, of: number), descriptor) } }
      if let its = tunnel.wakeAt { wakeAt = min(wakeAt ?? its, its) }
    }
    // Rounded up, or the last part of a millisecond would be spent asking.
    if let wakeAt { watch.timeout = Int32(clamping: max(0, ((wakeAt - now).wholeNanoseconds + 999_999) / 1_000_000)) }
    return watch
  }

  mutating func handle(_ watch: Watch, now: Instant) {
    if let again = acceptsAgainAt, again <= now { acceptsAgainAt = nil }
    for (descriptor, meaning) in zip(watch.descriptors, watch.meanings) where descriptor.revents != 0 {
      switch meaning {
      case .alarm: hearAlarm()
      case .listener: acceptSome(now)
      case .end(let end, of: let number):
        // Gone by now when somebody reset it meanwhile.
        guard let index = tunnels.firstIndex(where: { $0.number == number }) else { continue }
        tunnels[index].tunnel.ready(end, descriptor.revents, now: now)
      }
    }
    for index in tunnels.indices { tunnels[index].tunnel.pump(now) }
    settle()
  }

  private func hearAlarm() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while recv(alarm, &bytes, bytes.count, 0) > 0 {}
  }

  private mutating func acceptSome(_ now: Instant) {
    while listener.isListening, tunnels.count < Self.tunnelLimit {
      switch AcceptedSocket.next(of: listener.descriptor) {
      case .connection(let client, _): welcome(ProxySocket(accepted: client))
      case .nobody: return
      case .exhausted:
        acceptsAgainAt = now + Self.rest
        return
      }
    }
  }

  private mutating func welcome(_ client: ProxySocket) {
    sum.connections += 1
    let number = sum.connections
    let isDropped = dice.happens(faults.dropsConnections)
    do throws(ProxySystemError) {
      let server = try ProxySocket(connectingTo: target)
      if isDropped { sum.dropped += 1 }
      let tunnel = Tunnel(client: client, target: server, faults, isDropped: isDropped, seed: seed &+ UInt64(number) &* 0x9E37_79B9)
      tunnels.append((number, tunnel))
    } catch {
      sum.unreachable += 1
      client.reset()
    }
  }

  /// Lets go of connections that have ended, and tells whoever waited for what the numbers say now.
  private mutating func settle() {
    for index in tunnels.indices.reversed() where tunnels[index].tunnel.isFinished {
      tunnels[index].tunnel.close()
      if tunnels[index].tunnel.isUnreachable { sum.unreachable += 1 }
      Self.add(tunnels[index].tunnel, to: &sum)
      tunnels.remove(at: index)
    }
    sum.waiting = 0
    tellWaiters()
  }

  // MARK: From any thread

  mutating func set(_ new: ProxyFaults, now: Instant) {
    new.check()
    faults = new
    listener.setListening(!new.refusesConnections && !isStopping)
    for index in tunnels.indices { tunnels[index].tunnel.set(new, now: now) }
    settle()
  }

  mutating func reset() {
    sum.resets += tunnels.count
    for index in tunnels.indices { tunnels[index].tunnel.reset() }
    settle()
  }

  mutating func halfClose(_ direction: ProxyDirection, now: Instant) {
    for index in tunnels.indices { tunnels[index].tunnel.halfClose(direction, now: now) }
    settle()
  }

  mutating func wait(_ waiter: Waiter) {
    waiters.append(waiter)
    tellWaiters()
  }

  mutating func stop() { isStopping = true }

  /// Closes everything that is open: nobody polls any more.
  mutating func close() {
    for index in tunnels.indices { tunnels[index].tunnel.reset() }
    settle()
    listener.close()
    for waiter in waiters { waiter.continuation.resume(returning: false) }
    waiters = []
  }

  private mutating func tellWaiters() {
    guard !waiters.isEmpty else { return }
    let statistics = statistics
    let told = waiters.filter { $0.condition(statistics) }
    waiters.removeAll { $0.condition(statistics) }
    for waiter in told { waiter.continuation.resume(returning: true) }
  }
}
