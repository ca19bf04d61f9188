// Calls that their callers have taken back. Rare, so hardly anything is kept for it on the way of a call: what may still wait or run is looked
// through. Not so rare when there is too much to do and all callers' time is up at once, so nothing is looked through whose size is not that of
// what runs or waits for an entity. Calls of another process are taken back by a frame, calls of this one by their own stage, which looks for them.

extension Stage {
  @usableFromInline func link(_ link: Link, cancelled request: UInt32) { takenBack(.link(link, request)) }

  func takenBack(_ call: CallOrigin) {
    if let runner = runners.first(where: { $0.serves(call) }) { return runner.cancel() }
    if endStreamPulled(by: call) { return }
    if let call = bulk?.take(call) { return dropCancelled(call.sink) }
    for activation in waiting.all {
      if let call = activation.takeWaiting(call) { return dropCancelled(call.sink) }
    }
    for index in holders {
      guard let shard = shards[index], shard.holdsCalls else {
        holders.remove(index)
        continue
      }
      if let call = shard.takeHeld(call) { return dropCancelled(call.sink) }
    }
  }

  func dropCancelled(_ sink: ReplySink) {
    counters.cancelled += 1
    reply(to: sink, .cancelled, text: "its caller took it back before it began")
  }
}

// MARK: - Calls to entities of this process

extension Stage {
  @inline(never)
  func makeHomeCall() -> HomeCall {
    let call = HomeCall(of: home, place: homeCalls.count)
    homeCalls.append(call)
    return call
  }

  /// A call has come back: it is kept for the next one, or let go of.
  func takeHome(_ call: HomeCall) {
    if spareCalls.count < HomeCall.kept { return spareCalls.append(call) }
    let place = call.placeAmongAll
    guard place < homeCalls.count, homeCalls[place] === call else { return }
    let last = homeCalls.removeLast()
    guard last !== call else { return }
    homeCalls[place] = last
    last.placeAmongAll = place
  }

  /// With each round of housekeeping, and more seldom the more calls are under way: looks for callers that do not wait any more. It costs
  /// a call nothing.
  func takeBackHomeCalls(_ now: Instant) {
    let underWay = homeCalls.count - spareCalls.count
    guard underWay > 0 else { return }
    restsOfHomeCalls -= 1
    guard restsOfHomeCalls < 0 else { return }
    restsOfHomeCalls = underWay / HomeCall.kept
    for call in homeCalls.filter({ $0.isGivenUp(at: now) }) { call.takeBack(at: now) }
  }
}

/// Tells a loop that a call which went there is not wanted any more. Goes the way of the call, and so arrives behind it; and before
/// whatever the call's object carries there next.
final class TakenBack: Delivery {
  private let call: HomeCall
  private let callee: LoopBound<Stage>

  init(_ call: HomeCall, at callee: LoopBound<Stage>) {
    self.call = call
    self.callee = callee
  }

  func arrive() { callee.value.takenBack(.home(call)) }
}

/// The entities of a loop that calls wait for; in no order. Each knows its place.
struct WaitingActivations {
  private(set) var all: [Activation] = []

  mutating func insert(_ activation: Activation) {
    activation.placeAmongWaiting = Int32(all.count)
    all.append(activation)
  }

  mutating func remove(_ activation: Activation) {
    let place = Int(activation.placeAmongWaiting)
    guard place >= 0 else { return }
    activation.placeAmongWaiting = -1
    let last = all.removeLast()
    guard last !== activation else { return }
    all[place] = last
    last.placeAmongWaiting = Int32(place)
  }
}
