// One end of a simulated TCP connection. What travels is kept in order here, in `arriving`; the network only says when the
// next piece is due. Same promises to its handler as the real one.
import TroupeNet

final class SimulatedConnection: Connection {
  private enum State { case connecting, open, ended }

  enum Piece {
    case opened
    case bytes([UInt8])
    case end(CloseReason)
    /// A record that cannot be read, in the place of bytes that were spoilt on the way.
    case damage
  }

  /// What a kernel buffers on the way, bytes: what is sent beyond it and not yet taken by the peer's handler is `pendingBytes`.
  private static let window = 1 << 20

  let loop: SimulatedLoop
  let number: Int
  private(set) var peer: PeerIdentity?
  private(set) var remoteAddress: SocketAddress?
  private(set) var remoteHost: String
  private let expecting: PeerIdentity?
  private var handler: (any ConnectionHandler)?
  private var other: SimulatedConnection?
  private var state = State.connecting
  private var arriving: [Piece] = []
  private var input: [UInt8] = []
  /// Nothing comes out at this end.
  var isStuck = false { didSet { if !isStuck { comeUnstuck() } } }
  private var stuckPieces = 0
  private var isPaused = false
  private var isShowing = false
  private var unacknowledged = 0
  private var wasAboveLowWater = false
  private var timeLimit: LoopTimer?
  /// What we send, from the first fault on: the way keeps the order also when there are none any more.
  private var way: SimulatedWay?

  init(
    _ loop: SimulatedLoop, number: Int, remoteAddress: SocketAddress?, expecting: PeerIdentity?, handler: (any ConnectionHandler)?
  ) {
    self.loop = loop
    self.number = number
    self.remoteAddress = remoteAddress
    self.expecting = expecting
    self.handler = handler
    remoteHost = remoteAddress?.host ?? ""
    loop.endpoints[ObjectIdentifier(self)] = self
  }

  private var network: SimulatedNetwork { loop.world.network }
  var pendingBytes: Int { max(0, unacknowledged - Self.window) }

  // MARK: connecting

  func giveUpUnlessOpen(after limit: Duration) {
    timeLimit = loop.schedule(after: limit) { [self] in
      if state == .connecting { end(.timeout("no connection to \(remoteAddress.map(String.init) ?? "the peer") within \(limit)")) }
    }
  }

  /// The first packet has arrived at the other host.
  func knock(at listener: SimulatedListener?, host: String) {
    guard state == .connecting else { return }
    remoteHost = host
    guard let listener, listener.loop.state != .stopped else {
      return network.carryPacket(from: host, to: loop.host) { [self] in
        arrive(.end(.unreachable("\(remoteAddress.map(String.init) ?? host) refused the connection")))
      }
    }
    listener.loop.dispatch { [self] in meet(listener) }
  }

  /// On the listener's loop: makes the other end.
  private func meet(_ listener: SimulatedListener) {
    let there = SimulatedConnection(
      listener.loop, number: network.nextNumber(), remoteAddress: SocketAddress(host: loop.host, port: number), expecting: nil,
      handler: nil)
    there.remoteHost = loop.host
    there.other = self
    other = there
    there.handler = listener.accept?(there)
    guard there.handler != nil else {
      there.leave()
      return there.transmit(.end(.reset))
    }
    if there.state == .ended { return }
    if let why = refusal(of: listener.loop.identity, by: loop.identity) {
      there.transmit(.end(.refusedIdentity(why)))
      return there.end(.handshake("the peer refused our identity"), tellingPeer: false)
    }
    there.peer = loop.identity
    peer = listener.loop.identity
    there.transmit(.opened)
    there.state = .open
    there.handler?.opened(there)
  }

  private func refusal(of answering: PeerIdentity?, by calling: PeerIdentity?) -> String? {
    if let expecting, answering != expecting {
      return "it names \(answering.map(String.init) ?? "nobody"), but \(expecting) was expected"
    }
    if let answering, let calling, answering.trustDomain != calling.trustDomain {
      return "its trust domain is \(answering.trustDomain), not \(calling.trustDomain)"
    }
    return nil
  }

  // MARK: sending

  func send(_ bytes: RawSpan) {
    precondition(state != .connecting, "send before opened")
    guard state == .open, bytes.byteCount > 0 else { return }
    let copy = bytes.withUnsafeBytes { [UInt8]($0) }
    unacknowledged += copy.count
    if pendingBytes > ConnectionLimits.output { return end(.outputLimit) }
    if pendingBytes > ConnectionLimits.lowWater { wasAboveLowWater = true }
    if remoteHost != loop.host { network.bytes += copy.count }
    if copy.count > 1, network.shouldSplit() {
      let half = 1 + Int(loop.random() % UInt64(copy.count - 1))
      transmit(.bytes([UInt8](copy[..<half])))
      transmit(.bytes([UInt8](copy[half...])))
    } else {
      transmit(.bytes(copy))
    }
  }

  /// Pieces arrive in the order in which they were transmitted, however their latencies are drawn.
  private func transmit(_ piece: Piece) {
    guard let other else { return }
    if way == nil { way = network.faultyWay(from: self, to: other) }
    if let way { way.take(piece) } else { other.comes(piece, from: loop.host) }
  }

  /// A piece has left the other end, and with it everything that was sent before it.
  func comes(_ piece: Piece, from host: String) {
    arriving.append(piece)
    network.carry(from: host, to: loop.host) { [self] in takeNext() }
  }

  private func acknowledged(_ count: Int) {
    unacknowledged = max(0, unacknowledged - count)  // what was repeated on the way is consumed twice
    guard wasAboveLowWater, pendingBytes < ConnectionLimits.lowWater else { return }
    wasAboveLowWater = false
    loop.dispatch { [self] in if state == .open { handler?.drained(self) } }
  }

  // MARK: receiving

  private func takeNext() {
    if isStuck { return stuckPieces += 1 }
    loop.dispatch { [self] in
      if arriving.isEmpty { return }
      handle(arriving.removeFirst())
    }
  }

  private func comeUnstuck() {
    let pieces = stuckPieces
    stuckPieces = 0
    for _ in 0..<pieces { takeNext() }
  }

  private func arrive(_ piece: Piece) { loop.dispatch { [self] in handle(piece) } }

  private func handle(_ piece: Piece) {
    guard state != .ended else { return }
    switch piece {
    case .opened:
      state = .open
      timeLimit?.cancel()
      handler?.opened(self)
    case .bytes(let bytes):
      input += bytes
      if !isPaused { show() }
    case .end(let reason): end(reason, tellingPeer: false)
    case .damage: end(.security("a record could not be read"))
    }
  }

  /// Shows the handler everything that it has not consumed yet.
  private func show() {
    guard !isShowing, state == .open, let handler, !input.isEmpty else { return }
    isShowing = true
    let consumed = input.withUnsafeBytes { handler.received(RawSpan(_unsafeBytes: $0), on: self) }
    isShowing = false
    precondition((0...input.count).contains(consumed), "the handler consumed \(consumed) of \(input.count) bytes")
    input.removeFirst(consumed)
    other?.acknowledged(consumed)
    if input.count > ConnectionLimits.input { end(.inputLimit) }
  }

  func pauseReading() { isPaused = true }

  func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    _ = loop.add(at: loop.world.now) { [self] in if !isPaused { show() } }
  }

  // MARK: ending

  func close(_ reason: CloseReason) { end(reason) }

  func end(_ reason: CloseReason) { end(reason, tellingPeer: true) }

  private func end(_ reason: CloseReason, tellingPeer: Bool) {
    guard state != .ended else { return }
    let wasConnecting = state == .connecting
    leave()
    if tellingPeer { transmit(.end(wasConnecting ? .handshake("the peer went away") : .endOfFile)) }
    let handler = handler
    self.handler = nil
    loop.ending += 1
    _ = loop.add(at: loop.world.now) { [self] in
      loop.ending -= 1
      handler?.closed(self, reason)
      other = nil
      way = nil
    }
  }

  /// Both ends see a reset.
  func reset() { reset(with: other) }

  func reset(with peer: SimulatedConnection?) {
    loop.dispatch { [self] in end(.reset, tellingPeer: false) }
    peer?.arrive(.end(.reset))
  }

  var hasEnded: Bool { state == .ended }

  /// The other end hears that there is no more; this one does not notice.
  func halfClose() {
    guard let other else { return }
    if way == nil { way = network.faultyWay(from: self, to: other) ?? network.makeWay(from: self, to: other) }
    way?.halfClose()
  }

  /// The process of this end is gone.
  func abandon(tellingPeer: Bool) {
    leave()
    handler = nil
    if tellingPeer { transmit(.end(.reset)) }
    other = nil
    way = nil
  }

  /// The world is going away.
  func dissolve() {
    state = .ended
    handler = nil
    other = nil
    way = nil
  }

  private func leave() {
    state = .ended
    timeLimit?.cancel()
    loop.endpoints[ObjectIdentifier(self)] = nil
  }
}
