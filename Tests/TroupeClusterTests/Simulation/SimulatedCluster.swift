// Machines over one store and a network, in virtual time. After every event it is checked that no two nodes answer for a shard.

@testable import TroupeCluster

final class SimulatedCluster {
  let time = SimulatedTime()
  let store: SimulatedStore
  let shardCount: Int
  let times = MembershipTimes()
  var random: SeededRandom
  private(set) var nodes: [NodeID: SimulatedNode] = [:]
  /// All that still hold memory, older incarnations too.
  private var processes: [SimulatedNode] = []
  private var cuts: Set<[NodeID]> = []
  var linkLatency: ClosedRange<Int64> = 50_000...2_000_000
  var restartsTheBuried = true
  private var tickets: [UInt64: (asker: SimulatedNode, round: UInt64)] = [:]
  private var hearingTickets: [UInt64: (asker: SimulatedNode, round: UInt64)] = [:]
  /// Somebody may answer for more than before.
  var needsCheck = false
  private(set) var violations: [String] = []
  private(set) var history: [String] = []
  private(set) var stops: [StopReason] = []

  init(seed: UInt64, shardCount: Int = 48) {
    random = SeededRandom(seed: seed)
    self.shardCount = shardCount
    store = SimulatedStore(time: time, seed: random.next())
  }

  // MARK: Life

  @discardableResult func start(_ id: NodeID, weight: Int = 1) -> SimulatedNode {
    let member = Member(id: id, incarnation: Incarnation(random.next()), addresses: ["\(id):1"], weight: weight)
    let node = SimulatedNode(member, in: self)
    nodes[id] = node
    processes.append(node)
    log("\(node.name) starts")
    node.hear(.started)
    return node
  }

  func kill(_ id: NodeID) {
    log("\(id) is killed")
    nodes[id]?.kill()
    processes.removeAll { !$0.isRunning }
  }

  /// `kill -9`, and the supervisor's restart.
  func start(_ id: NodeID, replacing old: SimulatedNode) {
    if old.isRunning { kill(id) }
    start(id)
  }

  func stopped(_ node: SimulatedNode, _ reason: StopReason) {
    log("\(node.name): \(reason)")
    stops.append(reason)
    processes.removeAll { $0 === node }
    guard reason == .buried, restartsTheBuried else { return }
    time.after(.milliseconds(100)) { [self] in
      if nodes[node.id] === node { start(node.id) }
    }
  }

  func cut(_ one: NodeID, _ other: NodeID) { cuts.insert([one, other].sorted()) }
  func heal() {
    cuts = []
    store.isAway = false
    store.lost = 0
    for node in processes { node.isCutFromStore = false }
  }

  func log(_ line: String) { history.append("\(time.elapsed) \(line)") }

  // MARK: Time

  func run(for duration: Duration) {
    let end = time.nanoseconds + duration.wholeNanoseconds
    var isOver = false
    time.after(.nanoseconds(end - time.nanoseconds)) { isOver = true }
    while !isOver, time.step() { check() }
  }

  /// How long it took until `condition`, to a few milliseconds, or nil when it did not hold within `limit`.
  func run(until condition: () -> Bool, limit: Duration) -> Duration? {
    let start = time.nanoseconds
    while !condition() {
      guard time.nanoseconds - start < limit.wholeNanoseconds else { return nil }
      run(for: .milliseconds(5))
    }
    return .nanoseconds(time.nanoseconds - start)
  }

  // MARK: What must hold

  private func check() {
    guard needsCheck else { return }
    needsCheck = false
    var owners: [ShardID: SimulatedNode] = [:]
    for node in processes where node.mayAnswer {
      for shard in node.serving {
        if let other = owners[shard] {
          violations.append("\(time.elapsed): \(node.name) and \(other.name) both answer for shard \(shard)")
        }
        owners[shard] = node
      }
    }
  }

  var isFullyServed: Bool {
    guard let view = store.register else { return false }
    return (0..<shardCount).allSatisfy { index in
      guard let owner = view.owner(of: ShardID(index)) else { return false }
      return nodes[owner.id].map { $0.name == owner.name && $0.answers(ShardID(index)) } ?? false
    }
  }

  /// Everything is served, everybody has the newest view, and nothing wants to move.
  var isSettled: Bool {
    guard isFullyServed, let view = store.register else { return false }
    return view.members.allSatisfy { nodes[$0.id]?.machine.isSettled == true && nodes[$0.id]?.machine.view == view }
  }

  // MARK: The network

  private func reach(_ sender: SimulatedNode, _ target: IncarnationName, _ work: @escaping (SimulatedNode) -> Void) {
    time.after(.nanoseconds(Int64.random(in: linkLatency, using: &random))) { [self] in
      guard let node = nodes[target.id], node.name == target, node.isRunning else { return }
      guard !cuts.contains([sender.id, target.id].sorted()) else { return }
      work(node)
    }
  }

  func send(_ effect: MembershipEffect, from sender: SimulatedNode) {
    switch effect {
    case .probe(let peers):
      for peer in peers {
        reach(sender, peer.name) { [self] target in
          if target.answersProbes { reach(target, sender.name) { $0.hear(.probeAnswered(peer.name)) } }
        }
      }
    case .greet(let peers):
      for peer in peers { reach(sender, peer.name) { [self] in reach($0, sender.name) { $0.hear(.greeted(peer.name)) } } }
    case .askWord(let round, let suspects, let peers):
      for peer in peers {
        let ticket = random.next()
        tickets[ticket] = (sender, round)
        reach(sender, peer.name) { $0.hear(.wordAsked(ticket: ticket, suspects)) }
      }
    case .askUnheard(let round, let unheard, let peers):
      for peer in peers {
        let ticket = random.next()
        hearingTickets[ticket] = (sender, round)
        reach(sender, peer.name) { $0.hear(.unheardAsked(ticket: ticket, unheard)) }
      }
    case .giveWord(let ticket, let names):
      let witness = sender.name
      if let (asker, round) = tickets.removeValue(forKey: ticket) {
        reach(sender, asker.name) { $0.hear(.wordGiven(by: witness, round: round, names)) }
      } else if let (asker, round) = hearingTickets.removeValue(forKey: ticket) {
        reach(sender, asker.name) { $0.hear(.unheardGiven(by: witness, round: round, names)) }
      }
    case .tellEpoch(let epoch):
      for node in processes.map(\.name) where node != sender.name { reach(sender, node) { $0.hear(.epochHeard(epoch)) } }
    default: break
    }
  }
}
