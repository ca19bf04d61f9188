// What a link says of itself when it is asked.
import TroupeNet

extension Link {
  /// On its loop.
  public func report() -> LinkReport {
    let now = loop.now
    let isOpen = phase == .open
    let expected = handshake.expecting
    return LinkReport(
      loop: loop.index, number: number, peer: peer?.name ?? expected.name ?? "", role: (peer?.role ?? expected.role)?.word ?? "",
      peerLoop: Int(peer?.loopIndex ?? expected.loopIndex ?? 0), address: connection?.remoteAddress?.description ?? "",
      isOutgoing: isOutgoing, state: reportedState, age: now - since, idle: isOpen && isOutgoing ? idleTime(now) : nil,
      heard: isOpen ? max(.zero, now - keepAlive.lastHeard) : nil, roundTrip: roundTrip.last, calls: pending.count,
      framesIn: traffic.framesIn, framesOut: traffic.framesOut, bytesIn: traffic.bytesIn, bytesOut: traffic.bytesOut,
      queuedBytes: pendingBytes, heldFrames: data.count == 0 ? 0 : max(0, gatheredFrames), largeMessages: outgoing.count,
      creditsInUse: outgoing.underWay, arrivingBytes: incoming.reserved, bytesBeforeCompression: traffic.bytesBefore,
      bytesAfterCompression: traffic.bytesAfter, features: features, identity: connection?.peer?.description,
      isControl: isControl)
  }

  private var reportedState: LinkReport.State {
    switch phase {
    case .waiting: connection == nil ? .waiting : .connecting
    case .greeting: .greeting
    case .open: isRetired || isAskedToLeave ? .leaving : isHolding || isBehind ? .held : .open
    case .ended: .ended
    }
  }

  /// `usedAt` is only brought up to date when the link looks whether it is needed.
  private func idleTime(_ now: Instant) -> Duration {
    isUsed || pending.count > 0 ? .zero : max(.zero, now - usedAt)
  }

  /// How long what arrived within the last second has waited on its way; nothing when nothing arrived.
  func recentDelay(_ now: Instant) -> Duration {
    guard let stampedAt, now - stampedAt < .seconds(1) else { return .zero }
    return .nanoseconds(waitedNanoseconds)
  }
}
