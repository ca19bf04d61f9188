// An entity with reminders, for the runtime's own tests.
import Troupe

@Entity("alarm")
actor Alarm: EventSourced {
  @Wire struct State: Equatable {
    var rings: [String: Int] = [:]
    var sets = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .rang(let name): rings[name, default: 0] += 1
      case .asked: sets += 1
      }
    }
  }
  @Wire enum Event: Equatable { case rang(String), asked }
  @Wire enum Failure: Error, Equatable { case broken }

  struct OutOfOrder: Error {}

  @Command func set(_ name: String, seconds: Int) {
    emit(.asked)
    remind(name, after: .seconds(seconds)) { $0.ring(name) }
  }
  /// Leaves no event, only the reminder.
  @Command func setQuietly(_ name: String, seconds: Int) { remind(name, after: .seconds(seconds)) { $0.ring(name) } }
  @Command func setMany(_ count: Int, seconds: Int) {
    for number in 0..<count { remind("\(number)", after: .seconds(seconds)) { $0.ring("many") } }
  }
  @Command func cancel(_ name: String) { cancelReminder(name) }
  @Command func ring(_ name: String) { emit(.rang(name)) }
  /// Rings again and again.
  @Command func tick(_ times: Int) {
    emit(.rang("tick"))
    if times > 1 { remind("tick", after: .seconds(60)) { $0.tick(times - 1) } }
  }
  @Command func setBroken(_ name: String) { remind(name, after: .seconds(1)) { $0.complain(name) } }
  /// Throws its own error, after its event.
  @Command func complain(_ name: String) throws(Failure) {
    emit(.rang(name))
    throw .broken
  }
  @Command func setFaulty(_ name: String) { remind(name, after: .seconds(1)) { $0.fail() } }
  /// Fails in a way that nobody declared.
  @Command func fail() throws { throw OutOfOrder() }
  @Command func setWrongly() {
    emit(.asked)
    remind("two", after: .seconds(1)) {
      $0.ring("a")
      $0.ring("b")
    }
  }
  @Command func setForAnother(_ other: String) {
    let other = context.entity(Alarm.self, other)
    remind("theirs", after: .seconds(1)) { _ in other.tell.ring("theirs") }
  }
  @Query func whole() -> State { state }
  @Query func setInQuery() { remind("never", after: .zero) { $0.ring("never") } }
}
