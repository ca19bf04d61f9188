// One process of a test: a loop, its pool of links and who listens to them.
import TroupeNet
import TroupeTesting
import TroupeTransport

struct Side: Sendable {
  let loop: any EventLoop
  let events: EventLog
  let security: TLSContext?
  private let parts: LoopBound<Parts>

  final class Parts {
    let peers: Peers
    let recorder: Recorder
    var listener: (any Listener)?
    var raw: [any Connection] = []
    init(_ peers: Peers, _ recorder: Recorder) {
      self.peers = peers
      self.recorder = recorder
    }
  }

  init(_ loop: any EventLoop, _ local: HelloInfo, security: TLSContext?, policy: LinkPolicy = LinkPolicy(), keys: IdentityKeys? = nil) {
    self.loop = loop
    self.security = security
    events = EventLog()
    let recorder = Recorder(events)
    let peers = Peers(
      loop: loop, local: local, security: security, policy: policy, checker: keys.map { IdentityChecker($0, audience: local.cluster) },
      delegate: recorder)
    parts = LoopBound(Parts(peers, recorder), on: loop)
  }

  /// Runs `body` on this side's loop.
  func perform<Value: Sendable>(_ body: @escaping @Sendable (Parts) -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: body(parts.value)) }
    }
  }

  func listen(on host: String) async throws -> SocketAddress {
    try await perform { parts in
      Result {
        let listener = try parts.peers.listen(on: SocketAddress(host: host, port: 0))
        parts.listener = listener
        return listener.address
      }
    }.get()
  }

  func head(_ deadline: Duration, query: Bool = false) -> CallHead {
    CallHead(
      kind: 7, method: 8, isQuery: query, deadline: loop.now + deadline, caller: 9, sequence: 10, lowestOpen: 3, epoch: 12)
  }

  /// Calls an entity of `peer`, and waits for the end of it.
  func call(
    _ peer: String = "n1", _ entity: String = "alice", _ arguments: [UInt8] = [1, 2, 3], within deadline: Duration = .seconds(5),
    as identity: CallerIdentity? = nil, inBulk: Bool = false
  ) async -> Reply {
    await withUnsafeContinuation { continuation in
      loop.execute {
        let link = parts.value.peers.peer(peer)!.link(toLoop: 0)
        var head = head(deadline)
        head.identity = identity
        head.isBulk = inBulk
        link.call(head, entity: entity, write: { $0.append(arguments) }, reply: ReplyWaiter(continuation))
      }
    }
  }

  /// The same from a task that runs on this side's loop, so that it is known who waits.
  func callHere(_ peer: String, _ entity: String, _ arguments: [UInt8]) async -> Reply {
    let caller = try? WaitingTask.current()
    return await withUnsafeContinuation { continuation in
      let link = parts.value.peers.peer(peer)!.link(toLoop: 0)
      link.call(head(.seconds(5)), entity: entity, write: { $0.append(arguments) }, reply: ReplyWaiter(continuation, caller: caller))
    }
  }

  func ask(_ topic: UInt8, _ payload: [UInt8], of peer: String = "n1") async -> Reply {
    await withUnsafeContinuation { continuation in
      loop.execute {
        let link = parts.value.peers.peer(peer)!.link(toLoop: 0)
        link.ask(
          AskTopic(rawValue: topic), deadline: loop.now + .seconds(5), write: { $0.append(payload) }, reply: ReplyWaiter(continuation))
      }
    }
  }

  /// Closes what is open, unless the process has crashed.
  func close() async {
    if let loop = loop as? SimulatedLoop, loop.state == .stopped { return }
    await perform { parts in
      parts.listener?.close()
      parts.peers.close()
      for connection in parts.raw { connection.close(.local) }
    }
  }
}

/// A peer that speaks bytes and not frames: sends what it is given, writes down what it gets.
final class RawPeer: ConnectionHandler {
  private let greeting: [UInt8]
  private let events: EventLog

  init(_ events: EventLog, sending greeting: [UInt8]) {
    self.events = events
    self.greeting = greeting
  }

  func opened(_ connection: any Connection) {
    events.add(.rawOpened)
    let bytes = greeting
    connection.send(bytes.span.bytes)
  }
  func received(_ bytes: RawSpan, on connection: any Connection) -> Int {
    events.add(.rawReceived(bytes.withUnsafeBytes { [UInt8]($0) }))
    return bytes.byteCount
  }
  func closed(_ connection: any Connection, _ reason: CloseReason) { events.add(.rawClosed(reason.code)) }
}

extension Side {
  /// Connects and sends `bytes`, whatever they are.
  func sendRaw(_ bytes: [UInt8], to address: SocketAddress) async {
    await perform { parts in
      let raw = RawPeer(events, sending: bytes)
      parts.raw.append(loop.connect(to: address, security: security, expecting: nil, handler: raw))
    }
  }
}

extension Side {
  /// Connects, sends `bytes`, and after them one more every half second for ever.
  func drip(behind bytes: [UInt8], to address: SocketAddress) async {
    await perform { parts in
      let connection = loop.connect(to: address, security: security, expecting: nil, handler: RawPeer(events, sending: bytes))
      parts.raw.append(connection)
      Self.drip(over: connection, on: loop, events)
    }
  }

  private static func drip(over connection: any Connection, on loop: any EventLoop, _ events: EventLog) {
    loop.schedule(after: .milliseconds(500)) {
      if events.all.contains(where: { if case .rawClosed = $0 { true } else { false } }) { return }
      let drop: [UInt8] = [0]
      connection.send(drop.span.bytes)
      drip(over: connection, on: loop, events)
    }
  }

  /// Asks whoever listens at an address.
  func askSeed(_ address: SocketAddress, _ continuation: UnsafeContinuation<Reply, Never>) {
    let link = parts.value.peers.seed(address)
    link.ask(AskTopic(rawValue: 1), deadline: loop.now + .seconds(5), write: { $0.append([1, 2]) }, reply: ReplyWaiter(continuation))
  }
}
