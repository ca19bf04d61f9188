// Blows, and how they end.
import Troupe
import TroupeNet

extension Simulation {
  func strike(_ fault: SimulationFault) {
    story.tell("fault: \(fault)")
    faultsStruck[fault.kind, default: 0] += 1
    for phase in Set(nodes.flatMap(\.phasesOfShards)) { phasesStruck[fault.kind, default: [:]]["\(phase)", default: 0] += 1 }
    switch fault {
    case .crash(let id, let time): node(id)?.kill(silently: false, downFor: time)
    case .powerCut(let id, let time): node(id)?.kill(silently: true, downFor: time)
    case .rollOut(let id, let time): node(id)?.rollOut(downFor: time)
    case .upgrade(let id, let time): node(id)?.rollOut(downFor: time, withOtherVersion: true)
    case .place(let percent): set(percent.map { .place(version: SupervisedNode.versions[1], percent: $0) } ?? .placeAnywhere)
    case .weigh(let id, let weight): set(.weigh(node: id, weight))
    case .pin(let shard, let id): set(.pin(shard: shard, node: id))
    case .cutFromStore, .storeAway, .storeLoses, .storeRefuses, .storeSlow, .storeStalls: strikeStore(fault)
    default: strikeNetwork(fault)
    }
  }

  private func strikeStore(_ fault: SimulationFault) {
    switch fault {
    case .cutFromStore(let id, let time):
      store.setCut(true, host: id)
      undo(fault, after: time) { $0.store.setCut(false, host: id) }
    case .storeAway(let time):
      store.isAway = true
      undo(fault, after: time) { $0.store.isAway = false }
    case .storeLoses(let perMille, let time):
      store.lostPerMille = perMille
      undo(fault, after: time) { $0.store.lostPerMille = 0 }
    case .storeRefuses(let perMille, let time):
      store.refusedPerMille = perMille
      undo(fault, after: time) { $0.store.refusedPerMille = 0 }
    case .storeSlow(let latency, let time):
      store.latency = latency / 2...latency
      undo(fault, after: time) { $0.store.latency = $0.plan.storeLatency }
    case .storeStalls(let perMille, let time):
      store.stalledPerMille = perMille
      undo(fault, after: time) { $0.store.stalledPerMille = 0 }
    default: break
    }
  }

  private func strikeNetwork(_ fault: SimulationFault) {
    let network = world.network
    switch fault {
    case .pause(let id, let time):
      network.pause(id)
      undo(fault, after: time) { $0.world.network.resume(id) }
    case .freeze(let id, let time):
      node(id)?.freeze(for: time)
      undo(fault, after: time) { $0.world.network.resume(id) }
    case .cut(let one, let other, let time):
      network.cut(one, other)
      undo(fault, after: time) { $0.world.network.heal(one, other) }
    case .cutOneWay(let from, let to, let time):
      network.cut(from: from, to: to)
      undo(fault, after: time) { $0.world.network.heal(from, to) }
    case .isolate(let id, let time):
      network.isolate(id)
      undo(fault, after: time) { simulation in
        for host in simulation.hosts where host != id { simulation.world.network.heal(id, host) }
      }
    case .strand(let id, let client, let time):
      strand(id, client) { $0.cut($1, $2) }
      store.setCut(true, host: id)
      undo(fault, after: time) { simulation in
        simulation.strand(id, client) { $0.heal($1, $2) }
        simulation.store.setCut(false, host: id)
      }
    case .resetLinks(let one, let other): network.reset(one, other)
    case .stickLinks(let one, let other, let time):
      network.stick(one, other)
      undo(fault, after: time) { $0.world.network.unstick(one, other) }
    case .slowLink(let one, let other, let delay, let time):
      var slow = StreamFaults.none
      slow.delay = delay
      network.setFaults(slow, between: one, other)
      undo(fault, after: time) { $0.world.network.heal(one, other) }
    default: break
    }
  }

  private func strand(_ id: String, _ client: String, _ change: (SimulatedNetwork, String, String) -> Void) {
    for host in hosts where host != id && host != client {
      change(world.network, id, host)
      change(world.network, client, host)
    }
  }

  private func undo(_ fault: SimulationFault, after time: Duration, _ end: @escaping (Simulation) -> Void) {
    world.schedule(after: time) { [weak self] in
      guard let self, !isHealed else { return }
      story.tell("over: \(fault)")
      end(self)
    }
  }

  /// As an operator would; what comes of it is not awaited.
  private func set(_ setting: ClusterSetting) {
    guard let client = users.first else { return }
    Task(executorPreference: client.loop) { [story] in
      do { try await client.cluster.set(setting) } catch { story.tell("an operator is refused: \(error)") }
    }
  }

  /// Ends every fault: from now on the cluster must come to rest by itself.
  func heal() {
    story.tell("all faults are over")
    isHealed = true
    world.network.healAll()
    for one in hosts {
      world.network.resume(one)
      for other in hosts where one < other { world.network.unstick(one, other) }
    }
    store.heal()
    store.latency = plan.storeLatency
  }
}
