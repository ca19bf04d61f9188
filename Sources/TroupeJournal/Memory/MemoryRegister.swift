// The register in memory: a pure value, the plainest reading of what `Store` says about it.
import TroupeCluster

struct MemoryRegister {
  private(set) var view: View?
  private var counters: [NodeID: UInt64] = [:]

  mutating func create(_ first: View) -> CASOutcome {
    if let view { return .lost(current: view.epoch) }
    view = first
    return .stored
  }

  mutating func compareAndSet(_ next: View) throws(StoreError) -> CASOutcome {
    guard let view else { throw .invalid("there is no cluster to change") }
    guard next.epoch == view.epoch.next else { return .lost(current: view.epoch) }
    let before = Dictionary(view.members.map { ($0.id, $0.incarnation) }, uniquingKeysWith: { first, _ in first })
    let staying = Set(next.members.filter { before[$0.id] == $0.incarnation }.map(\.id))
    counters = counters.filter { staying.contains($0.key) }
    self.view = next
    return .stored
  }

  mutating func beat(_ beat: Beat) throws(StoreError) -> BeatOutcome {
    guard let view else { throw .invalid("there is no cluster to beat in") }
    guard view.members.contains(where: { $0.id == beat.node && $0.incarnation == beat.incarnation }) else {
      return .refusedNotListed(epoch: view.epoch, beats(of: view))
    }
    counters[beat.node] = max(counters[beat.node] ?? 0, beat.counter)
    return .beats(epoch: view.epoch, beats(of: view))
  }

  private func beats(of view: View) -> [Beat] {
    view.members.sorted { $0.id < $1.id }.compactMap { member in
      counters[member.id].map { Beat(node: member.id, incarnation: member.incarnation, counter: $0) }
    }
  }
}
