// The faults that the fault proxy knows, between simulated hosts: delay, rate, black holes, flipped bits and the rest of `StreamFaults`, and
// what may happen to whole connections.
import TroupeNet

extension SimulatedNetwork {
  /// From now on, what `from` sends to `to` goes through `faults`, on open connections and on new ones. `.none` ends them.
  ///
  /// They come on top of `latency`. Which bytes are hit follows from the world's seed. Between loops that have an identity, as with TLS, the
  /// receiver notices flipped and repeated bytes and ends the connection with the code `security`; otherwise its handler sees them.
  public func setFaults(_ faults: StreamFaults, from: String, to: String) {
    let direction = Direction(from: from, to: to)
    self.faults[direction] = faults == .none ? nil : faults
    for way in faultyWays where way.from == from && way.to == to { way.set(faults) }
    forgetWaysThatAreOver()
    if !isStopped(direction) { release(direction) }
  }

  /// The same in both directions.
  public func setFaults(_ faults: StreamFaults, between one: String, _ other: String) {
    setFaults(faults, from: one, to: other)
    setFaults(faults, from: other, to: one)
  }

  /// Whoever connects to a host from now on is refused, or welcome again. Open connections stay.
  public func setRefusing(_ refuses: Bool, host: String) {
    if refuses { refusing.insert(host) } else { refusing.remove(host) }
  }

  /// Tells `to` on every open connection that `from` has no more (FIN). What `from` goes on sending vanishes.
  public func halfClose(from: String, to: String) {
    for loop in world.loops where loop.host == from {
      for endpoint in loop.sortedEndpoints where endpoint.remoteHost == to { endpoint.halfClose() }
    }
  }

  // MARK: for connections

  /// The way from one end to the other, if there are faults between their hosts.
  func faultyWay(from source: SimulatedConnection, to destination: SimulatedConnection) -> SimulatedWay? {
    guard let faults = faults[Direction(from: source.loop.host, to: destination.loop.host)] else { return nil }
    return makeWay(from: source, to: destination, faults)
  }

  func makeWay(from source: SimulatedConnection, to destination: SimulatedConnection, _ faults: StreamFaults = .none) -> SimulatedWay {
    forgetWaysThatAreOver()
    let way = SimulatedWay(source, destination, self, faults, seed: world.seed &+ UInt64(source.number) &* 0x9E37_79B9)
    faultyWays.append(way)
    return way
  }

  func refuses(_ host: String) -> Bool { refusing.contains(host) }

  /// Whether an attempt to connect is lost without a trace.
  func dropsThisAttempt() -> Bool { dropsConnections > 0 && random.happens(dropsConnections) }

  /// Runs `arrival` in the world for a packet that belongs to no stream: it knows delay and loss, and nothing of bytes.
  func carryPacket(from: String, to: String, _ arrival: @escaping () -> Void) {
    guard let faults = faults[Direction(from: from, to: to)] else { return carry(from: from, to: to, arrival) }
    guard !faults.isBlackHole else { return }
    world.schedule(after: faults.delay) { [unowned self] in carry(from: from, to: to, arrival) }
  }

  private func forgetWaysThatAreOver() { faultyWays.removeAll(where: \.isOver) }
}
