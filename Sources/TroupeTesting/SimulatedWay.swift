// One direction of a simulated connection with faults: what a proxy's socket loop is to the real network. What happens to the bytes
// decides `FaultyStream`; this keeps its appointments in virtual time.
import TroupeNet

/// What one end sends, from the first fault on that way until the connection is over.
final class SimulatedWay {
  let from: String
  let to: String
  private(set) var stream: FaultyStream
  private let source: SimulatedConnection
  private let destination: SimulatedConnection
  private unowned let network: SimulatedNetwork
  /// Why the sender ended; an end that it did not ask for looks like one in peace.
  private var endReason = CloseReason.endOfFile
  private var alarm: LoopTimer?

  init(_ source: SimulatedConnection, _ destination: SimulatedConnection, _ network: SimulatedNetwork, _ faults: StreamFaults, seed: UInt64)
  {
    from = source.loop.host
    to = destination.loop.host
    self.source = source
    self.destination = destination
    self.network = network
    stream = FaultyStream(faults, seed: seed)
  }

  private var now: Instant { network.world.now }

  /// Nothing will come of it any more. Who is owed a reset for what was lost is remembered.
  var isOver: Bool { destination.hasEnded || stream.isFinished && !stream.hasLost }

  func take(_ piece: SimulatedConnection.Piece) {
    switch piece {
    case .opened:
      // The answer to a connection attempt: no byte of the stream.
      guard !stream.faults.isBlackHole else { return }
      return destination.comes(.opened, from: from)
    case .bytes(let bytes): stream.take(bytes, now: now)
    case .end(.reset): stream.takeReset(now: now)
    case .end(let reason):
      endReason = reason
      stream.takeEnd(now: now)
    case .damage: preconditionFailure("damage happens on the way, nobody sends it")
    }
    pump()
  }

  func set(_ faults: StreamFaults) {
    stream.set(faults, now: now)
    pump()
  }

  func halfClose() {
    stream.halfClose(now: now)
    pump()
  }

  private func pump() {
    while let action = stream.next(now: now) {
      switch action {
      case .pass(let bytes, let isIntact):
        // With TLS the receiver notices; without it nobody does.
        let isNoticed = !isIntact && source.loop.identity != nil && destination.loop.identity != nil
        destination.comes(isNoticed ? .damage : .bytes(bytes), from: from)
      case .end: destination.comes(.end(endReason), from: from)
      case .reset: network.world.schedule(after: .zero) { [source, destination] in source.reset(with: destination) }
      }
    }
    alarm?.cancel()
    alarm = stream.wakeAt.map { at in network.world.schedule(after: at - now) { [weak self] in self?.pump() } }
  }
}
