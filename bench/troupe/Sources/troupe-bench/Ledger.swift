// The durable entity that is called: every command is one event of 200 bytes.
import Troupe

@Entity("ledger")
actor Ledger: EventSourced {
  @Wire struct State {
    var entries: UInt64 = 0
    var bytes: UInt64 = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .posted(let memo):
        entries += 1
        bytes += UInt64(memo.count)
      }
    }
  }

  @Wire enum Event {
    case posted([UInt8])
  }

  @Command func post(_ memo: [UInt8]) -> UInt64 {
    emit(.posted(memo))
    return state.entries
  }
}
