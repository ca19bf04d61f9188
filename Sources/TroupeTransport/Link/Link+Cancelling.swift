// Calls that nobody waits for any more: their time is up, or the task that made them was cancelled. The peer is told, and does not
// begin what it has not begun.
import TroupeNet
import TroupeWire

extension Link {
  func planCancelLook() {
    // Each look touches every task that waits: the more there are, the rarer.
    let pause = TransportLimits.cancelLook * (1 + pending.count / TransportLimits.callsALook)
    cancelTimer = loop.schedule(after: pause) { self.lookForCancelled() }
  }

  private func lookForCancelled() {
    cancelTimer = nil
    guard phase != .ended, pending.count > 0 else { return }
    for (request, waiter) in pending.takeOut(where: \.isCancelled) {
      let neverLeft = takeBack(request)
      waiter.resume(returning: Reply(neverLeft ? .cancelled : .abandoned, "the caller's task was cancelled"))
    }
    planCancelLook()
  }

  /// Nobody waits for this call or question any more. Returns whether the peer cannot have begun it.
  func takeBack(_ request: UInt32) -> Bool {
    if bulk.isWaiting && bulk.takeBack(request) || !outgoing.isEmpty && giveUpSending(request) {
      _ = pending.complete(request)
      bulkMayHaveEnded(request)
      return true
    }
    // Before the link is open nothing has left, and what was taken out never will: see `HeldFrames.release`.
    if phase == .waiting || phase == .greeting { return true }
    if phase == .open, features.contains(.cancel), pending.isCall(request) {
      CancelFrame.write(request, to: &data)
      gathered()
    }
    return false
  }
}
