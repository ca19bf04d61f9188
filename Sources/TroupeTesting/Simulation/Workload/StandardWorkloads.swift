// Three workloads that between them would see a lost write, one that happened twice, a stale read, and two owners at once.
public import Troupe

extension Simulation {
  /// What `shopstream simulate` and our own tests run.
  public static var standardWorkloads: [any SimulationWorkload] { [CellWorkload(), RollWorkload(), SpotWorkload()] }
  /// What goes on by itself once it was set going: reminders, consumers of a topic, sagas.
  public static var ongoingWorkloads: [any SimulationWorkload] { [AlarmWorkload(), NoteWorkload(), TransferWorkload()] }
}

/// Reads and writes of durable registers, which must be linearizable.
public struct CellWorkload: SimulationWorkload {
  private let cells: Int

  /// - Parameter cells: how many of them there are.
  public init(cells: Int = 24) { self.cells = cells }

  public func register(_ registry: inout Registry) { registry.register(SimulatedCell.self) }

  public nonisolated(nonsending) func act(_ process: SimulationProcess) async {
    let key = "cell-\(process.draw(0..<cells))"
    let cell = process.cluster.entity(SimulatedCell.self, key).within(.seconds(2))
    if process.draw(0..<3) == 0 {
      await process.perform("read", key) { [try await cell.read()] }
    } else {
      let value = process.freshNumber()
      await process.perform("write", key, value) { [try await cell.write(value)] }
    }
  }

  public nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws {
    for number in 0..<cells {
      let key = "cell-\(number)"
      remains[key] = [try await cluster.entity(SimulatedCell.self, key).within(.seconds(5)).read()]
    }
  }

  public func check(_ history: History, _ remains: SimulationRemains) -> [String] {
    history.byKey(["read", "write"]).flatMap { key, operations in
      switch Linearizability.judge(operations + [history.last("read", key, remains[key])], by: RegisterModel.self) {
      case .holds: [String]()
      case .broken(let where_): ["\(key): no order explains \(where_)"]
      case .undecided: ["\(key): too many orders are possible to decide"]
      }
    }
  }
}

/// Lists that grow, in which nothing may be missing and nothing stand twice. Half of the calls bear a key and are made again until answered.
public struct RollWorkload: SimulationWorkload {
  private let rolls: Int

  /// - Parameter rolls: how many of them there are.
  public init(rolls: Int = 16) { self.rolls = rolls }

  public func register(_ registry: inout Registry) { registry.register(SimulatedRoll.self) }

  public nonisolated(nonsending) func act(_ process: SimulationProcess) async {
    let key = "roll-\(process.draw(0..<rolls))"
    let roll = process.cluster.entity(SimulatedRoll.self, key).within(.seconds(2))
    let number = process.freshNumber()
    switch process.draw(0..<4) {
    case 0: await process.perform("count", key) { [try await roll.count()] }
    case 1: await process.perform("add", key, number) { [try await roll.add(number)] }
    default:
      await process.perform("add", key, number) { [try await insist { try await roll.once("k\(number)").add(number) }] }
    }
  }

  public nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws {
    for number in 0..<rolls {
      let key = "roll-\(number)"
      remains[key] = try await cluster.entity(SimulatedRoll.self, key).within(.seconds(5)).list()
    }
  }

  /// Up to five tries. What an earlier one may have done, a later one's refusal does not undo.
  private nonisolated(nonsending) func insist(_ call: () async throws -> Int) async throws -> Int {
    var (attempt, mayHaveRun) = (1, false)
    while true {
      do { return try await call() } catch let error as CallError {
        if error.executed != .no { mayHaveRun = true }
        guard error.mayRetry, attempt < 5 else {
          throw mayHaveRun ? CallError(error.code, error.message, executed: .maybe) : error
        }
        attempt += 1
      }
    }
  }

  public func check(_ history: History, _ remains: SimulationRemains) -> [String] {
    history.byKey(["add", "count"]).flatMap { RollChecks.complaints($0.key, $0.operations, list: remains[$0.key]) }
  }
}

/// Counters in memory alone: what rests on leases and on nothing else.
public struct SpotWorkload: SimulationWorkload {
  private let spots: Int

  /// - Parameter spots: how many of them there are.
  public init(spots: Int = 24) { self.spots = spots }

  public func register(_ registry: inout Registry) { registry.register(SimulatedSpot.self) }

  public nonisolated(nonsending) func act(_ process: SimulationProcess) async {
    let key = "spot-\(process.draw(0..<spots))"
    let spot = process.cluster.entity(SimulatedSpot.self, key).within(.seconds(2))
    await process.perform("touch", key) { try await spot.touch() }
  }

  public nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws {
    for number in 0..<spots { _ = try await cluster.entity(SimulatedSpot.self, "spot-\(number)").within(.seconds(5)).touch() }
  }

  public func check(_ history: History, _ remains: SimulationRemains) -> [String] {
    history.byKey(["touch"]).flatMap { SpotChecks.complaints($0.key, $0.operations) }
  }
}
