// One entity without a cluster: its methods are called directly, and what it emits can be looked at.
import Testing
import Troupe
import TroupeTesting

@Suite struct LoneEntityTests {
  @Test func aDurableEntityKeepsStateAndEvents() throws {
    let ledger = LoneEntity { Ledger(context: $0) }
    #expect(try ledger.run { try $0.book(5) } == 5)
    #expect(throws: Ledger.Failure.overdrawn(by: 1)) { try ledger.run { try $0.book(-6) } }
    #expect(throws: Ledger.Failure.overdrawn(by: 0)) { try ledger.run { try $0.bookAndComplain(2) } }
    #expect(try ledger.run { $0.whole() } == Ledger.State(balance: 7, entries: 2))
    #expect(ledger.events == [.booked(5), .booked(2)])
  }

  @Test func timersFireInVirtualTime() throws {
    let counter = LoneEntity { Counter(context: $0) }
    try counter.run { $0.addLater(3, milliseconds: 60_000) }
    counter.advance(by: .seconds(59))
    #expect(try counter.run { $0.value() } == 0)
    counter.advance(by: .seconds(2))
    #expect(try counter.run { $0.value() } == 3)
  }

  @Test func anAsyncTurnRunsToItsEnd() throws {
    let counter = LoneEntity(id: "a") { Counter(context: $0) }
    #expect(try counter.run(awaiting: { try await $0.addThrough([]) }) == 1)
    #expect(try counter.run { $0.context.id } == "a")
  }

  @Test func othersCannotBeReached() throws {
    let counter = LoneEntity { Counter(context: $0) }
    let error = #expect(throws: CallError.self) { try counter.run(awaiting: { try await $0.addThrough(["b"]) }) }
    #expect(error?.code == .unavailable)
  }
}
