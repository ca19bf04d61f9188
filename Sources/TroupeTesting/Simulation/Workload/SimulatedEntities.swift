// The entities of the standard workloads: as small as can be, so that a wrong answer is the runtime's and not theirs.
public import Troupe

/// A durable register.
@Entity("simulated-cell")
public actor SimulatedCell: EventSourced {
  @Wire public struct State {
    var value = 0
    mutating func apply(_ event: Event) {
      switch event {
      case .written(let value): self.value = value
      }
    }
  }
  @Wire public enum Event { case written(Int) }

  /// Answers what was there before.
  @Command func write(_ value: Int) -> Int {
    let old = state.value
    emit(.written(value))
    return old
  }
  @Query func read() -> Int { state.value }
}

/// A durable list.
@Entity("simulated-roll")
public actor SimulatedRoll: EventSourced {
  @Wire public struct State {
    var numbers: [Int] = []
    mutating func apply(_ event: Event) {
      switch event {
      case .added(let number): numbers.append(number)
      }
    }
  }
  @Wire public enum Event { case added(Int) }

  /// Answers its place, from 1.
  @Command func add(_ number: Int) -> Int {
    emit(.added(number))
    return state.numbers.count
  }
  @Query func count() -> Int { state.numbers.count }
  @Query func list() -> [Int] { state.numbers }
}

/// A volatile counter that knows which of its lives this is.
@Entity("simulated-spot")
public actor SimulatedSpot {
  private var life = 0
  private var touches = 0

  /// Answers its life and how often it was touched in it.
  @Command func touch() -> [Int] {
    if life == 0 { life = Int(context.random() >> 2) | 1 }
    touches += 1
    return [life, touches]
  }
}
