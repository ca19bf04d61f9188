// Peers with a good certificate that a node is better off without: some send a byte now and then, one asks and does not read.

import Foundation
import Synchronization
import TroupeNet
import TroupeWire

/// Each says something at once, and a byte every `pause` from then on.
final class DrippingPeers: Sendable {
  static let pause: Duration = .milliseconds(200)

  private struct State {
    var open = 0
    var ended: [CloseReason] = []
  }

  private let loop: UVLoop
  private let state = Mutex(State())

  init(_ count: Int, at node: LoneNode, through address: String? = nil, saying bytes: [UInt8]) throws {
    loop = try UVLoop.start(index: 0, name: "drip")
    guard let address = SocketAddress(address ?? node.node.address) else { return }
    let (loop, security) = (loop, node.security)
    loop.execute { [self] in
      for _ in 0..<count {
        _ = loop.connect(to: address, security: security, expecting: nil, handler: Peer(self, bytes))
      }
    }
  }

  var open: Int { state.withLock { $0.open } }
  var ended: [CloseReason] { state.withLock { $0.ended } }
  func stop() { loop.stop() }

  private final class Peer: ConnectionHandler {
    private let all: DrippingPeers
    private let bytes: [UInt8]
    private var isOpen = false

    init(_ all: DrippingPeers, _ bytes: [UInt8]) { (self.all, self.bytes) = (all, bytes) }

    func opened(_ connection: any Connection) {
      isOpen = true
      all.state.withLock { $0.open += 1 }
      let bytes = bytes
      connection.send(bytes.span.bytes)
      drip(connection)
    }

    private func drip(_ connection: any Connection) {
      all.loop.schedule(after: DrippingPeers.pause) { [self] in
        guard isOpen else { return }
        let byte: [UInt8] = [0]
        connection.send(byte.span.bytes)
        drip(connection)
      }
    }

    func received(_ bytes: RawSpan, on connection: any Connection) -> Int { bytes.byteCount }

    func closed(_ connection: any Connection, _ reason: CloseReason) {
      all.state.withLock {
        if isOpen { $0.open -= 1 }
        $0.ended.append(reason)
      }
      isOpen = false
    }
  }
}

/// Asks for a large cart again and again, reads nothing, and falls silent when it is told to.
final class DeafPeer: Sendable {
  /// Calls at once, and what is held back of them when the node does not take them either, bytes.
  private static let batch: UInt32 = 200
  private static let backlog = 1 << 20
  /// Of an answer with a hundred lines, at least.
  private static let answer = 2_000

  private let loop: UVLoop
  private let calls = Atomic(0)
  private let isSilent = Atomic(false)
  private let isOver = Atomic(false)

  init(at node: LoneNode) throws {
    loop = try UVLoop.start(index: 0, name: "deaf")
    guard let address = SocketAddress(node.node.address) else { return }
    let (loop, security) = (loop, node.security)
    loop.execute { [self] in
      _ = loop.connect(to: address, security: security, expecting: nil, handler: Peer(self))
    }
  }

  /// Bytes of answers that it would have had.
  var asked: Int { calls.load(ordering: .relaxed) * Self.answer }
  var hasEnded: Bool { isOver.load(ordering: .relaxed) }
  func fallSilent() { isSilent.store(true, ordering: .relaxed) }
  func stop() { loop.stop() }

  private final class Peer: ConnectionHandler {
    private let all: DeafPeer
    private var next: UInt32 = 0

    init(_ all: DeafPeer) { self.all = all }

    func opened(_ connection: any Connection) {
      connection.pauseReading()
      let hello = Frames.hello(cluster: "shopstream", name: "operator", role: 3)
      connection.send(hello.span.bytes)
      ask(connection)
    }

    private func ask(_ connection: any Connection) {
      guard !all.isSilent.load(ordering: .relaxed), !all.hasEnded else { return }
      if connection.pendingBytes < DeafPeer.backlog {
        var bytes: [UInt8] = []
        for _ in 0..<DeafPeer.batch {
          bytes += Frames.call(request: next, kind: kindID("cart"), method: methodID(kind: "cart", name: "contents"), entity: "large")
          next += 1
        }
        connection.send(bytes.span.bytes)
        all.calls.add(Int(DeafPeer.batch), ordering: .relaxed)
      }
      all.loop.schedule(after: .milliseconds(2)) { self.ask(connection) }
    }

    func received(_ bytes: RawSpan, on connection: any Connection) -> Int { bytes.byteCount }
    func closed(_ connection: any Connection, _ reason: CloseReason) { all.isOver.store(true, ordering: .relaxed) }
  }
}
