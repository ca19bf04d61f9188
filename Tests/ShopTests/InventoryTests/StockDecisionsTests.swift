// What may happen to a stock, event by event, and what is true of its numbers whatever happens.
import Testing
import Troupe

@testable import ShopInventory

@Suite("Stock decisions") struct StockDecisionsTests {
  /// A stock, its clock, and what was ever put in or taken out.
  struct Shelf {
    var state = Stock.State()
    var now = WallTime(milliseconds: 1_767_225_600_000)

    init(_ pieces: Int = 0) {
      if pieces > 0 { state.apply(.adjusted(by: pieces, .received, actor: "test")) }
    }

    mutating func does(_ event: Stock.Event?) { if let event { state.apply(event) } }
    mutating func hold(_ claim: ClaimID, _ quantity: Int, for time: Duration = .seconds(600)) throws {
      does(try state.holding(claim, quantity, for: time, now: now))
    }
    mutating func expire() { for event in state.expiring(now: now) { state.apply(event) } }
  }

  @Test("held, allocated, shipped: what nobody has a claim on is what can be had")
  func life() throws {
    var shelf = Shelf(10)
    try shelf.hold("a", 4)
    #expect(shelf.state.level == StockLevel(onHand: 10, held: 4, allocated: 0) && shelf.state.available == 6)
    shelf.does(try shelf.state.committing("a", 4))
    #expect(shelf.state.level == StockLevel(onHand: 10, held: 0, allocated: 4))
    shelf.does(try shelf.state.shipping("a", total: 3, now: shelf.now))
    #expect(shelf.state.level == StockLevel(onHand: 7, held: 0, allocated: 1))
    #expect(try shelf.state.shipping("a", total: 3, now: shelf.now) == nil, "said twice")
    shelf.does(try shelf.state.shipping("a", total: 4, now: shelf.now))
    #expect(shelf.state.level == StockLevel(onHand: 6, held: 0, allocated: 0))
    #expect(try shelf.state.shipping("a", total: 4, now: shelf.now) == nil)
    shelf.does(try shelf.state.takingBack("return-1", 2, isRestocked: true, now: shelf.now))
    shelf.does(try shelf.state.takingBack("return-1", 2, isRestocked: true, now: shelf.now))
    shelf.does(try shelf.state.takingBack("return-2", 1, isRestocked: false, now: shelf.now))
    #expect(shelf.state.level == StockLevel(onHand: 8, held: 0, allocated: 0))
  }

  @Test("more than there is, is refused with what there is, and the own hold is not counted against its claim")
  func insufficient() throws {
    var shelf = Shelf(5)
    try shelf.hold("a", 3)
    #expect(throws: Stock.Failure.insufficient(available: 2)) { try shelf.state.holding("b", 3, for: .seconds(60), now: shelf.now) }
    #expect(throws: Stock.Failure.insufficient(available: 5)) { try shelf.state.holding("a", 6, for: .seconds(60), now: shelf.now) }
    try shelf.hold("a", 5)
    #expect(shelf.state.available == 0)
    try shelf.hold("a", 1)
    #expect(shelf.state.available == 4)
    #expect(throws: Stock.Failure.insufficient(available: 4)) { try shelf.state.adjusting(by: -5, .lost, "test") }
  }

  @Test("a hold ends with its time, and not before; extended it ends later, and never past three quarters of an hour")
  func ends() throws {
    var shelf = Shelf(1)
    try shelf.hold("a", 1, for: .seconds(900))
    let begun = shelf.now
    shelf.now = begun + .milliseconds(899_999)
    #expect(shelf.state.expiring(now: shelf.now) == [])
    for _ in 0..<10 {
      shelf.does(try shelf.state.extending("a", for: .seconds(900), now: shelf.now))
      shelf.now = min(shelf.state.nextExpiry! - .milliseconds(1), begun + .seconds(2_699))
      shelf.expire()
      #expect(shelf.state.holds["a"] != nil)
    }
    shelf.now = begun + .seconds(2_700)
    shelf.expire()
    #expect(shelf.state.ending(of: "a") == .expired && shelf.state.available == 1)
  }

  @Test("one whose time was up gets what is there, or hears that it is gone")
  func late() throws {
    var shelf = Shelf(1)
    try shelf.hold("a", 1, for: .seconds(1))
    shelf.now = shelf.now + .seconds(2)
    shelf.expire()
    try shelf.hold("b", 1)
    #expect(throws: Stock.Failure.insufficient(available: 0)) { try shelf.state.committing("a", 1) }
    shelf.does(try shelf.state.releasing("b", now: shelf.now))
    shelf.does(try shelf.state.committing("a", 1))
    #expect(shelf.state.level == StockLevel(onHand: 1, held: 0, allocated: 1))
    #expect(try shelf.state.committing("a", 1) == nil, "said twice")
  }

  @Test("one whose time was up can be held anew, and is then as if it had never ended")
  func anew() throws {
    var shelf = Shelf(1)
    try shelf.hold("a", 1, for: .seconds(1))
    shelf.now = shelf.now + .seconds(2)
    shelf.expire()
    try shelf.hold("a", 1, for: .seconds(60))
    #expect(shelf.state.ending(of: "a") == nil && shelf.state.level == StockLevel(onHand: 1, held: 1, allocated: 0))
    #expect(shelf.state.holds["a"]?.begun == shelf.now)
    shelf.now = shelf.now + .seconds(61)
    shelf.expire()
    #expect(shelf.state.ending(of: "a") == .expired && shelf.state.available == 1)
  }

  @Test("what has ended stays ended, and says how")
  func ended() throws {
    var shelf = Shelf(3)
    try shelf.hold("a", 1)
    shelf.does(try shelf.state.releasing("a", now: shelf.now))
    #expect(try shelf.state.releasing("a", now: shelf.now) == nil)
    #expect(throws: Stock.Failure.hasEnded(.released)) { try shelf.state.committing("a", 1) }
    #expect(throws: Stock.Failure.hasEnded(.released)) { try shelf.state.holding("a", 1, for: .seconds(1), now: shelf.now) }
    #expect(throws: Stock.Failure.hasEnded(.released)) { try shelf.state.extending("a", for: .seconds(1), now: shelf.now) }
    shelf.does(try shelf.state.committing("b", 2))
    #expect(throws: Stock.Failure.isAllocated) { try shelf.state.releasing("b", now: shelf.now) }
    #expect(throws: Stock.Failure.isAllocated) { try shelf.state.holding("b", 1, for: .seconds(1), now: shelf.now) }
    #expect(throws: Stock.Failure.moreThanIsOpen(2)) { try shelf.state.shipping("b", total: 3, now: shelf.now) }
    shelf.does(try shelf.state.cancelling("b", now: shelf.now))
    #expect(try shelf.state.cancelling("b", now: shelf.now) == nil && shelf.state.available == 3)
    #expect(throws: Stock.Failure.noSuchClaim) { try shelf.state.shipping("c", total: 1, now: shelf.now) }
    #expect(throws: Stock.Failure.noSuchClaim) { try shelf.state.cancelling("c", now: shelf.now) }
  }

  @Test("numbers that cannot be are refused", arguments: [0, -1, 1_000_001, Int.min, Int.max])
  func numbers(_ quantity: Int) {
    let shelf = Shelf(5)
    #expect(throws: Stock.Failure.quantityOutOfRange(quantity)) { try shelf.state.holding("a", quantity, for: .seconds(1), now: shelf.now) }
    #expect(throws: Stock.Failure.quantityOutOfRange(quantity)) { try shelf.state.committing("a", quantity) }
    if quantity.magnitude > 1 {
      #expect(throws: Stock.Failure.quantityOutOfRange(quantity)) { try shelf.state.adjusting(by: quantity, .found, "test") }
    }
  }

  @Test("names and times that cannot be are refused")
  func names() {
    let shelf = Shelf(5)
    for claim in ["", String(repeating: "x", count: 129)] {
      #expect(throws: Stock.Failure.claimInvalid) { try shelf.state.holding(claim, 1, for: .seconds(1), now: shelf.now) }
    }
    for time in [Duration.zero, .seconds(-1), .seconds(901)] {
      #expect(throws: Stock.Failure.durationOutOfRange(time)) { try shelf.state.holding("a", 1, for: time, now: shelf.now) }
    }
  }

  @Test(
    "whatever is asked in whatever order: nothing is negative, the sums are sums, and no piece appears or disappears", arguments: 1...40)
  func anyOrder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func upTo(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    var shelf = Shelf()
    var (put, shipped, restocked) = (0, 0, 0)
    for _ in 0..<2_000 {
      let (state, now, claim, quantity) = (shelf.state, shelf.now, "c\(upTo(12))", 1 + upTo(6))
      do {
        let event: Stock.Event? =
          switch upTo(11) {
          case 0: try state.adjusting(by: upTo(30) - 12, .counted, "test")
          case 1, 2: try state.holding(claim, quantity, for: .seconds(1 + upTo(900)), now: now)
          case 3: try state.extending(claim, for: .seconds(1 + upTo(900)), now: now)
          case 4, 5: try state.committing(claim, quantity)
          case 6: try state.releasing(claim, now: now)
          case 7: try state.cancelling(claim, now: now)
          case 8: try state.shipping(claim, total: quantity, now: now)
          case 9: try state.takingBack("r\(upTo(1_000))", quantity, isRestocked: upTo(2) == 0, now: now)
          default: nil
          }
        switch event {
        case .adjusted(let difference, _, _): put += difference
        case .shipped(_, let quantity, _): shipped += quantity
        case .returned(_, let quantity, true, _): restocked += quantity
        default: break
        }
        shelf.does(event)
      } catch is Stock.Failure {}
      if upTo(4) == 0 {
        shelf.now = shelf.now + .seconds(upTo(600))
        shelf.expire()
      }
      let level = shelf.state.level
      #expect(level.held >= 0 && level.allocated >= 0 && level.available >= 0)
      #expect(level.held == shelf.state.holds.values.reduce(0) { $0 + $1.quantity })
      #expect(level.allocated == shelf.state.allocations.values.reduce(0) { $0 + $1.open })
      #expect(level.onHand == put - shipped + restocked)
      #expect(shelf.state.holds.values.allSatisfy { $0.until > shelf.now && $0.until <= $0.begun + StockLimits.holdsAltogether })
      #expect(try Stock.State(wireBytes: shelf.state.wireBytes) == shelf.state)
    }
  }

  @Test("endings are remembered for an hour, and not for ever")
  func memory() throws {
    var shelf = Shelf(10)
    for number in 0..<5_000 {
      try shelf.hold("c\(number)", 1)
      shelf.does(try shelf.state.releasing("c\(number)", now: shelf.now))
      shelf.now = shelf.now + .seconds(10)
    }
    #expect(shelf.state.endingsRemembered <= 362, "\(shelf.state.endingsRemembered)")
    #expect(shelf.state.ending(of: "c4999") == .released && shelf.state.ending(of: "c1") == nil)
  }
}
