// The register in memory: a pure value, the plainest reading of what `Store` says about it.
import TroupeCluster

struct MemoryRegister {
  private(set) var view: View?
  private var counters: [IncarnationName: UInt64] = [:]

  mutating func create(_ first: View) -> CASOutcome {
    if let view { return .lost(current: view.epoch) }
    view = first
    return .stored
  }

  mutating func compareAndSet(_ next: View) throws(StoreError) -> CASOutcome {
    guard let view else { throw .invalid("there is no cluster to change") }
    guard next.epoch == view.epoch.next else { return .lost(current: view.epoch) }
    let kept = Set(next.members.map(\.name) + next.burials)
    counters = counters.filter { kept.contains($0.key) }
    self.view = next
    return .stored
  }

  mutating func beat(_ beat: Beat) throws(StoreError) -> BeatOutcome {
    guard let view else { throw .invalid("there is no cluster to beat in") }
    let name = IncarnationName(beat.node, beat.incarnation)
    guard view.lists(name) else { return .refusedNotListed(epoch: view.epoch, beats) }
    counters[name] = max(counters[name] ?? 0, beat.counter)
    return .beats(epoch: view.epoch, beats)
  }

  private var beats: [Beat] {
    counters.keys.sorted().map { Beat(node: $0.id, incarnation: $0.incarnation, counter: counters[$0]!) }
  }
}
