// The entity whose commands end the process that runs them, or never end. Registered in every cast; nobody else calls it.
import Glibc
import Troupe

@Entity("poison")
actor Poison: EventSourced {
  @Wire struct State: Equatable {
    var values: [Int] = []
    mutating func apply(_ event: Event) {
      switch event {
      case .put(let value): values.append(value)
      case .wasSet: break
      }
    }
  }
  @Wire enum Event: Equatable { case put(Int), wasSet }

  @Command func put(_ value: Int) { emit(.put(value)) }
  @Command func trap() -> Int { fatalError("the poison was taken") }
  @Command func hang() {
    while time(nil) > 0 {}
    emit(.wasSet)
  }
  @Command func trapIn(milliseconds: Int) {
    emit(.wasSet)
    remind("trap", at: WallTime(milliseconds: context.wallClock.milliseconds + Int64(milliseconds))) { $0.trapLater() }
  }
  @Command func trapLater() { fatalError("the poison was taken") }
  @Query func values() -> [Int] { state.values }
}
