// A node's answer to the question for the ring: what its membership knows, and which tails its loops read now.
import TroupeCluster

extension Membership {
  static func ring(_ membership: LoopBound<Membership>, _ cluster: Cluster) async throws -> RingReport {
    let reading = Set(
      await cluster.onEachStage { stage in
        stage.shards.lazy.compactMap { $0 }.filter { $0.state == .taking && $0.tailTurn == .reading }.map(\.id)
      }.flatMap { $0 })
    guard let report = await onLoop(membership.loop, { _ in membership.value.ring(reading) }) else {
      throw CallError(.unavailable, "this node has not read the register yet", mayRetry: true)
    }
    return report
  }

  private func ring(_ reading: Set<ShardID>) -> RingReport? {
    guard let view = machine.view else { return nil }
    let now = now
    return RingReport(
      node: me.id.value, incarnation: me.incarnation.value, epoch: view.epoch.value, time: loop.wallClock().milliseconds,
      lease: machine.leaseLeft(at: now), leaseLength: machine.lease.length, isSteady: machine.isSteady(at: now),
      serving: machine.count(of: .serving), arriving: arriving(reading), leaving: machine.handoffs(at: now).map(RingReport.Handoff.init),
      toGive: machine.toGive.sorted { $0.key < $1.key }.map { RingReport.Gift(to: $0.key.value, count: $0.value) },
      leaseWaits: machine.leaseWaits(at: now).map {
        RingReport.LeaseWait(node: $0.name.id.value, incarnation: $0.name.incarnation.value, left: $0.left)
      },
      peers: peers(of: view, at: now), changes: history.entries.map(ViewChange.init))
  }

  private func arriving(_ reading: Set<ShardID>) -> [RingReport.Arrival] {
    let fenced = machine.shards(in: .fenced)
    let parts: [(String, [ShardID])] = [
      ("waiting", machine.shards(in: .waiting)), ("taking", machine.shards(in: .taking)),
      ("fenced", fenced.filter { !reading.contains($0) }), ("reading", fenced.filter { reading.contains($0) }),
      ("doubted", machine.shards(in: .doubted)),
    ]
    return parts.filter { !$0.1.isEmpty }.map { step, shards in
      RingReport.Arrival(step: step, count: shards.count, shards: shards.prefix(RingReport.shardLimit).map(\.value))
    }
  }

  private func peers(of view: View, at now: Moment) -> [RingReport.PeerSight] {
    let all = view.members.filter { $0.id != me.id }.map { RingReport.PeerSight($0.name, machine.standing(of: $0.name, at: now)) }
    let worries = all.filter(\.isWorry)
    return Array((worries + all.filter { !$0.isWorry }).prefix(RingReport.peerLimit))
  }
}

extension RingReport.PeerSight {
  init(_ name: IncarnationName, _ standing: PeerStanding) {
    self.init(
      node: name.id.value, incarnation: name.incarnation.value, lastBeat: standing.lastBeat, believedFor: standing.believedFor,
      missedProbes: standing.missedProbes, isDoubted: standing.isDoubted, isFading: standing.isFading, isSuspected: standing.isSuspected)
  }
}

extension RingReport.Handoff {
  init(_ sight: HandoffSight) {
    self.init(
      to: sight.to?.value, step: sight.step.rawValue, count: sight.shards.count,
      shards: sight.shards.prefix(RingReport.shardLimit).map(\.value), age: sight.age)
  }
}

extension ViewChange {
  init(_ entry: ViewHistory.Entry) {
    self.init(since: entry.since.value, epoch: entry.epoch.value, began: entry.began, ended: entry.ended, words: entry.words)
  }
}
