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

  /// The same, and says where.
  @Command func postHere(_ memo: [UInt8]) -> Int {
    emit(.posted(memo))
    return NodeProcess.number
  }

  /// The same with the instant in front, for who reads it from the log.
  @Command func postStamped(_ memo: [UInt8]) -> UInt64 {
    emit(.posted(Stamp.on(memo)))
    return state.entries
  }

  /// The number of the node that it lives on.
  @Query func home() -> Int { NodeProcess.number }

  @Query func entries() -> UInt64 { state.entries }
}
