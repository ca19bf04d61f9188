// The processes of `up` as one state machine: what happened goes in, what to do comes out. No process, clock or terminal in
// here; `Supervisor` is its shell.
//
// Nodes are started together, the gateway once they serve. What dies before everything serves ends the start; what dies
// later is started again. Stopping goes the other way round: first the gateway, so that no call is on its way, then nodes.

import ChildPrograms

struct Fleet: Sendable {
  enum Event: Hashable, Sendable {
    case begin
    case reported(Child.ID, ChildReport)
    case ended(Child.ID, ChildEnd)
    case notStarted(Child.ID, String)
    case stopAsked
    case timer(Timer)
  }

  enum Effect: Hashable, Sendable {
    case spawn(Child.ID)
    case terminate(Child.ID)
    case kill(Child.ID)
    case wake(after: Duration, Timer)
    case say(Announcement)
    /// All serve for the first time.
    case serving
    /// Nothing runs any more.
    case finish(Outcome)
  }

  enum Timer: Hashable, Sendable {
    case restart(String)
    case startLimit
    case stopLimit(Phase)
  }

  enum Phase: Hashable, Sendable {
    case idle, startingNodes, startingGateway, serving, stoppingGateway, stoppingNodes, finished

    var isStarting: Bool { self == .startingNodes || self == .startingGateway }
    var isStopping: Bool { self == .stoppingGateway || self == .stoppingNodes }
  }

  enum Outcome: Hashable, Sendable {
    case stopped
    case failed(String)
  }

  /// Everything must serve within this after `begin`: recovery of a large log included.
  static let startLimit: Duration = .seconds(60)
  /// For each of the two groups, before it is killed. Longer than a child's own limit.
  static let stopLimit: Duration = .seconds(10)

  private(set) var phase = Phase.idle
  private(set) var children: [Child]
  private var failure: String?

  /// In the order of their names on the screen; the gateway last.
  init(nodes: [String], gateway: String) {
    children = nodes.map { Child(name: $0, group: .node) } + [Child(name: gateway, group: .gateway)]
  }

  mutating func handle(_ event: Event, now: ContinuousClock.Instant) -> [Effect] {
    switch event {
    case .begin: begin(now)
    case .reported(let id, .ready(let addresses)): ready(id, addresses, now)
    case .reported(let id, .failed(let sentence)): failed(id, sentence)
    case .ended(let id, let end): ended(id, end, now)
    case .notStarted(let id, let sentence): failed(id, sentence) + ended(id, .status(1), now)
    case .stopAsked: stopAsked()
    case .timer(let timer): fired(timer, now)
    }
  }

  func child(named name: String) -> Child? {
    children.first { $0.name == name }
  }
}

// MARK: Starting

extension Fleet {
  private mutating func begin(_ now: ContinuousClock.Instant) -> [Effect] {
    precondition(phase == .idle, "a fleet begins once, not in \(phase)")
    phase = .startingNodes
    return spawnAll(.node, now) + [.wake(after: Self.startLimit, .startLimit)]
  }

  private mutating func spawnAll(_ group: Child.Group, _ now: ContinuousClock.Instant) -> [Effect] {
    children.indices.filter { children[$0].group == group }.map { .spawn(children[$0].start(now)) }
  }

  private mutating func ready(_ id: Child.ID, _ addresses: [String], _ now: ContinuousClock.Instant) -> [Effect] {
    guard let index = index(of: id), case .starting = children[index].state else { return [] }
    children[index].state = .ready(addresses)
    switch phase {
    case .startingNodes where allReady(.node):
      phase = .startingGateway
      return spawnAll(.gateway, now)
    case .startingGateway where allReady(.gateway):
      phase = .serving
      return [.serving]
    case .serving: return [.say(.back(id.name))]
    default: return []
    }
  }

  private func allReady(_ group: Child.Group) -> Bool {
    children.allSatisfy { $0.group != group || $0.isReady }
  }

  private mutating func failed(_ id: Child.ID, _ sentence: String) -> [Effect] {
    guard index(of: id) != nil else { return [] }
    if phase.isStarting, failure == nil { failure = sentence }
    return phase == .serving ? [.say(.failed(id.name, sentence))] : []
  }
}

// MARK: Dying and coming back

extension Fleet {
  private mutating func ended(_ id: Child.ID, _ end: ChildEnd, _ now: ContinuousClock.Instant) -> [Effect] {
    guard let index = index(of: id), children[index].isRunning else { return [] }
    children[index].state = .gone
    switch phase {
    case .startingNodes, .startingGateway:
      if failure == nil { failure = "\(id.name) \(end) before it served." }
      return stop()
    case .serving:
      let (delay, atLimit) = children[index].restarts.died(at: now)
      return [.say(.died(id.name, end, again: delay, atLimit: atLimit)), .wake(after: delay, .restart(id.name))]
    case .stoppingGateway, .stoppingNodes:
      return nextWhenGone()
    case .idle, .finished: return []
    }
  }

  private mutating func fired(_ timer: Timer, _ now: ContinuousClock.Instant) -> [Effect] {
    switch timer {
    case .restart(let name):
      guard phase == .serving, let index = children.firstIndex(where: { $0.name == name }), children[index].state == .gone else {
        return []
      }
      return [.spawn(children[index].start(now))]
    case .startLimit:
      guard phase.isStarting else { return [] }
      let late = children.filter { !$0.isReady }.map(\.name).joined(separator: ", ")
      failure = failure ?? "Not everything served within \(Self.startLimit): \(late)."
      return stop()
    case .stopLimit(let limited):
      guard phase == limited else { return [] }
      return running(of: limited).flatMap { [.say(.killed($0.name)), .kill($0.id)] }
    }
  }
}

// MARK: Stopping

extension Fleet {
  /// A second request does not wait any longer.
  private mutating func stopAsked() -> [Effect] {
    switch phase {
    case .idle, .finished: []
    case .startingNodes, .startingGateway, .serving: [.say(.stopping)] + stop()
    case .stoppingGateway, .stoppingNodes: children.filter(\.isRunning).map { .kill($0.id) }
    }
  }

  private mutating func stop() -> [Effect] {
    phase = .stoppingGateway
    return nextWhenGone(entered: true)
  }

  /// Goes on to the next phase as soon as everything of this one is gone.
  private mutating func nextWhenGone(entered: Bool = false) -> [Effect] {
    var entered = entered
    while true {
      let remaining = running(of: phase)
      if !remaining.isEmpty {
        return entered ? remaining.map { .terminate($0.id) } + [.wake(after: Self.stopLimit, .stopLimit(phase))] : []
      }
      entered = true
      switch phase {
      case .stoppingGateway: phase = .stoppingNodes
      default:
        phase = .finished
        return [.finish(failure.map { .failed($0) } ?? .stopped)]
      }
    }
  }

  private func running(of phase: Phase) -> [Child] {
    children.filter { $0.isRunning && ($0.group == .gateway) == (phase == .stoppingGateway) }
  }

  /// Nil for an earlier life of the same process: what it still says is of no interest.
  private func index(of id: Child.ID) -> Int? {
    children.firstIndex { $0.id == id }
  }
}
