// Calls that their callers have taken back. Rare, so nothing is kept for it on the way of a call: what may still wait or run is looked
// through.

extension Stage {
  @usableFromInline func link(_ link: Link, cancelled request: UInt32) {
    if let runner = runners.first(where: { $0.serves(link, request) }) { return runner.cancel() }
    if endStreamPulled(by: link, request) { return }
    if let call = bulk?.take(from: link, request) { return dropCancelled(call) }
    for activation in waiting.all {
      if let call = activation.takeWaiting(from: link, request) { return dropCancelled(call) }
    }
    for case let shard? in shards where !shard.parked.isEmpty {
      if let index = shard.parked.firstIndex(where: { $0.sink.isFrom(link, request) }) {
        return dropCancelled(shard.parked.remove(at: index))
      }
    }
  }

  private func dropCancelled(_ call: ParkedCall) {
    counters.cancelled += 1
    reply(to: call.sink, .cancelled, text: "its caller took it back before it began")
  }
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
