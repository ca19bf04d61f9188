// The entity of commands, and the one that sagas and consumers act upon: it keeps every payment in its order, so that one too many shows.
import Troupe

@Entity("purse")
actor Purse: EventSourced {
  @Wire struct State: Equatable {
    var payments: [Int] = []

    mutating func apply(_ event: Event) {
      if case .paid(let amount) = event { payments.append(amount) }
    }
  }
  @Wire enum Event: Equatable { case paid(Int) }

  /// Answers the balance behind this payment.
  @Command func pay(_ amount: Int) -> Int {
    emit(.paid(amount))
    return state.payments.reduce(0, +)
  }
  @Query func payments() -> [Int] { state.payments }
}
