// An event-sourced entity, for the runtime's own tests.
import Troupe

@Entity("ledger")
actor Ledger: EventSourced {
  @Wire struct State: Equatable {
    var balance = 0
    var entries = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .booked(let amount):
        balance += amount
        entries += 1
      case .closed: balance = 0
      }
    }
  }
  @Wire enum Event: Equatable { case booked(Int), closed }
  @Wire enum Failure: Error, Equatable { case overdrawn(by: Int), zero }

  @Command func book(_ amount: Int) throws(Failure) -> Int {
    guard amount != 0 else { throw .zero }
    guard state.balance + amount >= 0 else { throw .overdrawn(by: -(state.balance + amount)) }
    emit(.booked(amount))
    return state.balance
  }
  /// Keeps its event although it throws: the error is its reply.
  @Command func bookAndComplain(_ amount: Int) throws(Failure) -> Int {
    emit(.booked(amount))
    throw .overdrawn(by: 0)
  }
  /// Books, and tells a counter of it.
  @Command func bookAndTell(_ amount: Int, _ counter: String) -> Int {
    context.entity(Counter.self, counter).tell.add(amount)
    emit(.booked(amount))
    return state.balance
  }
  @Command func close() { emit(.closed) }
  @Query func balance() -> Int { state.balance }
  @Query func whole() -> State { state }
}
