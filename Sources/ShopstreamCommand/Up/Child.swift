// One process of the fleet, as the fleet knows it.

extension Fleet {
  struct Child: Hashable, Sendable {
    enum Group: Hashable, Sendable {
      case node, gateway
    }

    enum State: Hashable, Sendable {
      case gone
      /// Until its report.
      case starting
      case ready([String])
    }

    /// One life of a process: what an earlier life still says is not mistaken for the present one's.
    struct ID: Hashable, Sendable {
      var name: String
      var life: Int
    }

    let name: String
    let group: Group
    var state = State.gone
    var restarts = RestartPolicy()
    private(set) var life = 0

    init(name: String, group: Group) {
      self.name = name
      self.group = group
    }

    var id: ID { ID(name: name, life: life) }
    var isRunning: Bool { state != .gone }
    var isReady: Bool { if case .ready = state { true } else { false } }

    mutating func start(_ now: ContinuousClock.Instant) -> ID {
      precondition(state == .gone, "\(name) is \(state) and cannot be started")
      life += 1
      state = .starting
      restarts.started(at: now)
      return id
    }
  }
}
