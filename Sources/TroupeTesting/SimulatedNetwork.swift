// TCP between simulated loops: streams in order, seeded latency, and faults between hosts. A cut holds bytes back, as TCP does,
// until it heals or somebody gives up; only a crash or `reset` ends connections. Faults of streams are in SimulatedNetwork+Faults.
import TroupeNet

/// The network of a world.
public final class SimulatedNetwork {
  /// How long a packet is under way.
  public struct Latency: Sendable {
    public var shortest: Duration
    public var longest: Duration
    /// One packet in `tailOneIn` takes up to `tail` longer; 0 switches that off.
    public var tailOneIn: UInt64
    public var tail: Duration

    public init(shortest: Duration, longest: Duration, tailOneIn: UInt64 = 0, tail: Duration = .zero) {
      self.shortest = shortest
      self.longest = longest
      self.tailOneIn = tailOneIn
      self.tail = tail
    }

    /// A quiet local network: 30-80 µs, and 2 ms more for one in a thousand.
    public static let local = Latency(
      shortest: .microseconds(30), longest: .microseconds(80), tailOneIn: 1_000, tail: .milliseconds(2))
  }

  struct Direction: Hashable {
    let from: String
    let to: String
  }

  unowned let world: SimulatedWorld
  /// For every packet sent from now on.
  public var latency = Latency.local
  /// One `send` in so many arrives in two pieces, as TCP may deliver it; 0: never.
  public var splitsOneIn: UInt64 = 8
  /// The probability that an attempt to connect is lost without a trace, 0...1; who tried hears of it at its time limit.
  public var dropsConnections = 0.0

  /// Of ways that have some.
  var faults: [Direction: StreamFaults] = [:]
  /// Directions of connections that have or had faults, in the order in which they met them.
  var faultyWays: [SimulatedWay] = []
  /// What was handed to connections between different hosts so far.
  public internal(set) var bytes = 0
  /// Hosts that nobody may connect to.
  var refusing: Set<String> = []

  private var listeners: [SocketAddress: SimulatedListener] = [:]
  private var cuts: Set<Direction> = []
  private var held: [Direction: [() -> Void]] = [:]
  var random: SeededRandom
  private var nextPort = 40_000
  private var nextConnection = 0

  init(_ world: SimulatedWorld) {
    self.world = world
    random = SeededRandom(seed: world.seed ^ 0x6E65_7477_6F72_6B)
  }

  // MARK: faults

  /// Nothing arrives between the two hosts any more, in either direction, until `heal`.
  public func cut(_ one: String, _ other: String) {
    cut(from: one, to: other)
    cut(from: other, to: one)
  }

  /// Nothing arrives from one host at the other any more; the way back stays open.
  public func cut(from: String, to: String) { cuts.insert(Direction(from: from, to: to)) }

  /// Cuts a host off from every other.
  public func isolate(_ host: String) {
    for other in hosts where other != host { cut(host, other) }
  }

  /// Undoes every cut and every fault between two hosts; what was held back arrives now.
  public func heal(_ one: String, _ other: String) {
    heal(Direction(from: one, to: other))
    heal(Direction(from: other, to: one))
  }

  public func healAll() {
    for one in hosts { for other in hosts { heal(Direction(from: one, to: other)) } }
  }

  /// Ends every connection between two hosts with `.reset` on both sides.
  public func reset(_ one: String, _ other: String) {
    for loop in world.loops where loop.host == one {
      for endpoint in loop.sortedEndpoints where endpoint.remoteHost == other { endpoint.reset() }
    }
  }

  /// The connections that now exist between two hosts carry nothing any more, while new ones do: lost packets, or a router that forgot
  /// them. What is sent meanwhile arrives after `unstick`.
  public func stick(_ one: String, _ other: String) { setStuck(true, one, other) }

  public func unstick(_ one: String, _ other: String) { setStuck(false, one, other) }

  private func setStuck(_ isStuck: Bool, _ one: String, _ other: String) {
    for loop in world.loops where loop.host == one || loop.host == other {
      for endpoint in loop.sortedEndpoints where endpoint.remoteHost == (loop.host == one ? other : one) { endpoint.isStuck = isStuck }
    }
  }

  /// `kill -9` of a process: none of its loops runs again. Its peers see a reset, or nothing at all if `silently`
  /// (the machine is gone too).
  public func crash(_ host: String, silently: Bool = false) {
    for loop in world.loops where loop.host == host {
      let endpoints = loop.sortedEndpoints
      loop.die()
      for endpoint in endpoints { endpoint.abandon(tellingPeer: !silently) }
    }
  }

  /// SIGSTOP: the process keeps its connections and does nothing; time goes on.
  public func pause(_ host: String) { for loop in world.loops where loop.host == host { loop.pause() } }

  /// SIGCONT: everything that became due meanwhile happens now.
  public func resume(_ host: String) {
    world.clock(of: host).thaw(at: world.now)
    for loop in world.loops where loop.host == host { loop.resume() }
  }

  /// A virtual machine that is stopped: the same as a pause, and its clock stands still, so that nothing in it can tell.
  public func freeze(_ host: String) {
    world.clock(of: host).freeze(at: world.now)
    pause(host)
  }

  // MARK: for loops and connections

  func listen(
    _ loop: SimulatedLoop, on wanted: SocketAddress, accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) throws(NetError) -> any Listener {
    var address = wanted
    if wanted.port == 0 {
      nextPort += 1
      address = SocketAddress(host: wanted.host, port: nextPort)
    }
    if listeners[address] != nil { throw .addressInUse(address) }
    let listener = SimulatedListener(address, loop, self, accept: accept)
    listeners[address] = listener
    return listener
  }

  func forget(_ listener: SimulatedListener) {
    if listeners[listener.address] === listener { listeners[listener.address] = nil }
  }

  func forgetListeners(of loop: SimulatedLoop) {
    for listener in listeners.values where listener.loop === loop { listener.close() }
  }
  func listener(at address: SocketAddress) -> SimulatedListener? { listeners[address] }

  func connect(
    _ loop: SimulatedLoop, to address: SocketAddress, expecting: PeerIdentity?, handler: any ConnectionHandler
  ) -> any Connection {
    let connection = SimulatedConnection(loop, number: nextNumber(), remoteAddress: address, expecting: expecting, handler: handler)
    // Without a listener nobody says where the address is, so the packet goes to the host that bears its name.
    let host = listener(at: address)?.loop.host ?? address.host
    connection.giveUpUnlessOpen(after: ConnectionLimits.handshake)
    if dropsThisAttempt() { return connection }
    carryPacket(from: loop.host, to: host) { [unowned self] in
      connection.knock(at: refuses(host) ? nil : listener(at: address), host: host)
    }
    return connection
  }

  func nextNumber() -> Int {
    nextConnection += 1
    return nextConnection
  }

  func shouldSplit() -> Bool { splitsOneIn > 0 && random.next() % splitsOneIn == 0 }

  /// Runs `arrival` in the world after the latency; while the way is cut it is held back, in order.
  func carry(from: String, to: String, _ arrival: @escaping () -> Void) {
    let way = Direction(from: from, to: to)
    world.schedule(after: from == to ? .microseconds(10) : drawLatency()) { [unowned self] in
      if isStopped(way) { held[way, default: []].append(arrival) } else { arrival() }
    }
  }

  private var hosts: [String] { Set(world.loops.map(\.host)).sorted() }

  /// Whether packets wait at the end of this way. Streams with faults hold their bytes themselves.
  func isStopped(_ way: Direction) -> Bool { cuts.contains(way) || faults[way]?.isHeld == true }

  private func heal(_ way: Direction) {
    cuts.remove(way)
    setFaults(.none, from: way.from, to: way.to)
  }

  func release(_ way: Direction) {
    for arrival in held.removeValue(forKey: way) ?? [] { carry(from: way.from, to: way.to, arrival) }
  }

  private func drawLatency() -> Duration {
    let spread = UInt64(max(1, (latency.longest - latency.shortest).wholeNanoseconds))
    var drawn = latency.shortest + .nanoseconds(Int64(random.next() % spread))
    if latency.tailOneIn > 0, random.next() % latency.tailOneIn == 0 {
      drawn += .nanoseconds(Int64(random.next() % UInt64(max(1, latency.tail.wholeNanoseconds))))
    }
    return drawn
  }
}

/// A listening socket of a simulated loop.
final class SimulatedListener: Listener {
  let address: SocketAddress
  let loop: SimulatedLoop
  private(set) var accept: ((any Connection) -> (any ConnectionHandler)?)?  // let go when closed: it often holds us
  private unowned let network: SimulatedNetwork

  init(
    _ address: SocketAddress, _ loop: SimulatedLoop, _ network: SimulatedNetwork,
    accept: @escaping (any Connection) -> (any ConnectionHandler)?
  ) {
    self.address = address
    self.loop = loop
    self.network = network
    self.accept = accept
  }

  func close() {
    accept = nil
    network.forget(self)
  }
}
