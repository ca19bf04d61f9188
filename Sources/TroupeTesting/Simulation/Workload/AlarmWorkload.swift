// Reminders under faults: each rings once, and none is forgotten, however often its shard changes hands before it is due.
public import Troupe

/// A durable entity that sets reminders for itself.
@Entity("simulated-alarm")
public actor SimulatedAlarm: EventSourced {
  @Wire public struct State {
    var waiting: [Int] = []
    var rung: [Int] = []
    mutating func apply(_ event: Event) {
      switch event {
      case .asked(let number): waiting.append(number)
      case .rang(let number):
        waiting.removeAll { $0 == number }
        rung.append(number)
      }
    }
  }
  @Wire public enum Event { case asked(Int), rang(Int) }

  @Command func set(_ number: Int, milliseconds: Int) {
    emit(.asked(number))
    remind("\(number)", after: .milliseconds(milliseconds)) { $0.ring(number) }
  }
  @Command func ring(_ number: Int) { emit(.rang(number)) }
  @Query func waiting() -> [Int] { state.waiting }
  @Query func rung() -> [Int] { state.rung }
}

/// Sets alarms that are due within seconds, while nodes come and go.
public struct AlarmWorkload: SimulationWorkload {
  private let alarms: Int
  private static let longest = 5_000

  /// - Parameter alarms: how many entities set them.
  public init(alarms: Int = 12) { self.alarms = alarms }

  public func register(_ registry: inout Registry) { registry.register(SimulatedAlarm.self) }

  public nonisolated(nonsending) func act(_ process: SimulationProcess) async {
    let key = "alarm-\(process.draw(0..<alarms))"
    let (number, delay) = (process.freshNumber(), process.draw(0..<Self.longest))
    await process.perform("set", key, number) {
      try await process.cluster.entity(SimulatedAlarm.self, key).within(.seconds(2)).set(number, milliseconds: delay)
      return []
    }
  }

  public nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws {
    for number in 0..<alarms {
      let alarm = cluster.entity(SimulatedAlarm.self, "alarm-\(number)").within(.seconds(5))
      let waiting = try await alarm.waiting()
      guard waiting.isEmpty else { throw NotThereYet("alarm-\(number) has not rung \(waiting)") }
      remains["alarm-\(number)"] = try await alarm.rung()
    }
  }

  public func check(_ history: History, _ remains: SimulationRemains) -> [String] {
    history.byKey(["set"]).flatMap { OnceChecks.complaints($0.key, $0.operations, happened: remains[$0.key]) }
  }
}

/// What a workload waits for at the end has not come: it is asked again.
struct NotThereYet: Error, CustomStringConvertible {
  let description: String
  init(_ what: String) { description = what }
}
