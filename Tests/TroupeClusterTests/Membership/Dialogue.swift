// A conversation with one machine: what it hears, at which millisecond, and what it says.

import Testing

@testable import TroupeCluster

struct Dialogue {
  var machine: MembershipMachine
  private(set) var time: Int64 = 0

  init(_ id: NodeID = "a", _ incarnation: UInt64 = 1, ended: Set<Incarnation> = []) {
    machine = MembershipMachine(cluster: "test", me: member(id, incarnation), ended: ended, shardCount: 12, seed: 1)
  }

  /// What the machine says to `event`, `milliseconds` after the last one. Wakes it on the way, as a driver would.
  mutating func hear(_ event: MembershipEvent, after milliseconds: Int64 = 1) -> [MembershipEffect] {
    time += milliseconds
    return machine.handle(event, now: at(time))
  }

  /// Everything it says while time passes and a well-behaved store and the peers answer its beats and probes.
  mutating func live(
    _ milliseconds: Int64, peers: [(name: IncarnationName, beats: Bool, answers: Bool)], counter: inout UInt64
  ) -> [MembershipEffect] {
    var said: [MembershipEffect] = []
    let end = time + milliseconds
    while time < end {
      var open = hear(.tick, after: 10)
      while !open.isEmpty {
        let effect = open.removeFirst()
        said.append(effect)
        switch effect {
        case .beat, .readBeats:
          counter += 1
          let beats = peers.map { PeerBeat($0.name, counter: $0.beats ? counter : 1) }
          let epoch = machine.view?.epoch ?? 0
          open += hear(effect == .readBeats ? .beatsRead(epoch, beats) : .beatTaken(epoch, beats), after: 1)
        case .probe(let probed):
          for member in probed where peers.contains(where: { $0.name == member.name && $0.answers }) {
            open += hear(.probeAnswered(member.name), after: 0)
          }
        default: break
        }
      }
    }
    return said
  }
}

/// Three members, of which the machine is "a", which has its lease and serves its shards.
func memberOfThree() -> (Dialogue, View) {
  let view = view(["a", "b", "c"])
  var dialogue = Dialogue()
  _ = dialogue.hear(.started)
  _ = dialogue.hear(.registerRead(view))
  _ = dialogue.hear(.beatTaken(view.epoch, [PeerBeat(view.members[1].name, counter: 1), PeerBeat(view.members[2].name, counter: 1)]))
  for shard in view.shards(of: "a") { _ = dialogue.hear(.shardServed(shard), after: 0) }
  return (dialogue, view)
}

extension [MembershipEffect] {
  var change: View? {
    for case .compareAndSet(let view) in self { return view }
    return nil
  }

  var taken: [ShardID] {
    flatMap { effect -> [ShardID] in if case .takeOver(let shards) = effect { shards } else { [] } }
  }
}
