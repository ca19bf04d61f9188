// The entity of reminders: it rings when it said it would, and never before.
import Troupe

@Entity("bell")
actor Bell: EventSourced {
  @Wire struct State: Equatable {
    var rings: [String: Int] = [:]
    /// Of those, how many came before their time.
    var early = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .wasSet: break
      case .rang(let name, let isEarly):
        rings[name, default: 0] += 1
        if isEarly { early += 1 }
      }
    }
  }
  @Wire enum Event: Equatable {
    case wasSet(String)
    case rang(String, isEarly: Bool)
  }

  @Command func set(_ name: String, milliseconds: Int) {
    emit(.wasSet(name))
    plan(name, milliseconds) { name, due in { $0.ring(name, due: due) } }
  }
  /// Rings so often, and sets itself anew each time.
  @Command func setRepeated(_ name: String, times: Int, milliseconds: Int) {
    emit(.wasSet(name))
    plan("\(name) \(times)", milliseconds) { _, due in { $0.ringAgain(name, times: times, milliseconds: milliseconds, due: due) } }
  }
  @Command func ring(_ name: String, due: Int64) { emit(.rang(name, isEarly: now < due)) }
  @Command func ringAgain(_ name: String, times: Int, milliseconds: Int, due: Int64) {
    emit(.rang("\(name) \(times)", isEarly: now < due))
    guard times > 1 else { return }
    plan("\(name) \(times - 1)", milliseconds) { _, due in
      { $0.ringAgain(name, times: times - 1, milliseconds: milliseconds, due: due) }
    }
  }
  @Query func whole() -> State { state }

  private var now: Int64 { context.wallClock.milliseconds }

  private func plan(_ name: String, _ milliseconds: Int, _ call: (String, Int64) -> (Ref.Tell) -> Void) {
    let due = now + Int64(milliseconds)
    remind(name, at: WallTime(milliseconds: due), call(name, due))
  }
}
