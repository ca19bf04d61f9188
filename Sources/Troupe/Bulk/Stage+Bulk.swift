// Calls that give way: they wait until the loop has looked at its sockets, and run a slice at a time, so that a call which has no time
// waits for one slice at most.
import TroupeNet
import TroupeTransport
import TroupeWire

extension Stage {
  /// Whether bulk calls wait here; otherwise they are as any other.
  @inline(__always)
  var givesWay: Bool { bulk != nil }

  /// When the loop last had nothing to do that cannot wait.
  @inline(__always)
  var lastSlack: Instant {
    guard let bulk else { return loop.lastIdle }
    return max(loop.lastIdle, bulk.lastSlack)
  }

  @inline(never)
  func wait(
    _ kind: Kind, _ entity: RawSpan, hash: UInt64, _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ facts: CallFacts,
    to sink: ReplySink
  ) {
    guard let bulk else { return }
    if bulk.isFull { return refuse(sink, "\(bulk.count) bulk calls wait here already") }
    if bulk.isBehind(at: loop.now, patience: shedder.patience) { return refuse(sink, "this node cannot keep up with others") }
    guard let id = String(validating: entity) else { return reply(to: sink, .badArguments, text: "the entity's id is not UTF-8") }
    bulk.append(
      ParkedCall(
        kind: kind.id, entity: id, hash: hash, method: method, isQuery: isQuery,
        arguments: arguments.withUnsafeBytes { [UInt8]($0) }, facts: facts, sink: sink))
    planSlice(bulk)
  }

  private func refuse(_ sink: ReplySink, _ why: String) {
    counters.shed += 1
    reply(to: sink, .overloaded, text: why)
  }

  private func planSlice(_ bulk: BulkQueue) {
    guard !bulk.isPlanned else { return }
    bulk.isPlanned = true
    // A timer and not the end of the pass: what the sockets hold goes first.
    loop.schedule(after: .zero) { [self] in
      bulk.isPlanned = false
      guard !isClosed else { return }
      runSlice(of: bulk)
      if bulk.count > 0 { planSlice(bulk) }
    }
  }

  private func runSlice(of bulk: BulkQueue) {
    let start = loop.freshNow()
    if bulk.ofOthers(until: loop.timeOnCore(), calls: counters.calls) < BulkLimits.slack { bulk.lastSlack = start }
    defer { bulk.sliceEnded(at: loop.timeOnCore(), calls: counters.calls) }
    let most = bulk.isBehind(at: loop.now, patience: shedder.patience) ? 1 : BulkLimits.sliceCalls
    let end = start + BulkLimits.slice
    for _ in 0..<most {
      guard let call = bulk.popFirst() else { return }
      run(call)
      if loop.freshNow() >= end { return }
    }
  }

  private func run(_ call: ParkedCall) {
    guard loop.freshNow() < call.facts.deadline else {
      return reply(to: call.sink, .deadlineExceeded, text: "it gave way to others until its time was up")
    }
    guard mayAnswer else { return reply(to: call.sink, .notServing, text: "this node's lease has run out") }
    guard let index = shardIndex(call.hash), let shard = shards[index] else {
      return reply(to: call.sink, .moved, epoch: routing?.epoch ?? Epoch(0))
    }
    shard.deliver(call, on: self)
  }
}
