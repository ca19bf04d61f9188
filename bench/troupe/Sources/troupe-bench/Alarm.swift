// Entities that wait for a time, and what the node sees of how late they are.
import Synchronization
import Troupe

@Entity("alarm")
actor Alarm: EventSourced {
  @Wire struct State {
    /// Milliseconds since 1970.
    var due: Int64 = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .set(let time): due = time
      case .rang: due = 0
      }
    }
  }

  @Wire enum Event {
    case set(Int64), rang
  }

  @Command func set(_ due: Int64) {
    emit(.set(due))
    remind("ring", at: WallTime(milliseconds: due)) { $0.ring() }
  }

  @Command func ring() {
    Bell.lateness.withLock { $0.append(context.wallClock.milliseconds - state.due) }
    emit(.rang)
  }
}

/// Tells a client how late the alarms of its node were, in milliseconds.
@Entity("bell")
actor Bell {
  static let lateness = Mutex<[Int64]>([])

  @Query func all() -> [Int64] { Self.lateness.withLock { $0 } }
}
