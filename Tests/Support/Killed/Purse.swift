// The entity of commands, and the one that sagas and consumers act upon: it keeps every payment in its order, so that one too many shows.
import Troupe

@Entity("purse")
actor Purse: EventSourced {
  @Wire struct State: Equatable {
    var payments: [Int] = []
    /// Of the last payment that had one.
    var slip: [UInt8] = []

    mutating func apply(_ event: Event) {
      switch event {
      case .paid(let amount): payments.append(amount)
      case .paidWithSlip(let amount, let slip):
        payments.append(amount)
        self.slip = slip
      }
    }
  }
  @Wire enum Event: Equatable {
    case paid(Int)
    case paidWithSlip(Int, [UInt8])
  }

  /// Answers the balance behind this payment.
  @Command func pay(_ amount: Int) -> Int {
    emit(.paid(amount))
    return state.payments.reduce(0, +)
  }
  @Command func payWithSlip(_ amount: Int, slip: [UInt8]) -> Int {
    emit(.paidWithSlip(amount, slip))
    return state.payments.reduce(0, +)
  }
  @Query func whole() -> State { state }
  @Query func payments() -> [Int] { state.payments }
}
