// The judge of a cart: histories that can be, and those that must be found broken.

import Testing

@testable import ShopstreamCommand

struct CartJudgeTests {
  private var judge = CartJudge("cart")

  /// A cart's content that holds these writes, each once.
  private func lines(_ numbers: Int...) -> [String: Int] { Dictionary(uniqueKeysWithValues: numbers.map { (LineSet.sku($0), 1) }) }

  private mutating func ask(_ count: Int) { for _ in 0..<count { _ = judge.ask() } }

  /// An answer to a call that began just now.
  private mutating func answer(_ number: Int?, _ lines: [String: Int]) -> [ChaosComplaint.Kind] {
    judge.answered(number, floor: judge.floor, lines: lines).map(\.kind)
  }

  @Test mutating func `writes and reads one after the other`() {
    ask(3)
    #expect(answer(0, lines(0)) == [])
    #expect(answer(nil, lines(0)) == [])
    #expect(answer(1, lines(0, 1)) == [])
    #expect(answer(2, lines(0, 1, 2)) == [])
    #expect(judge.acknowledged == LineSet([0, 1, 2]))
    #expect(judge.lost.isEmpty && judge.twice.isEmpty)
  }

  @Test mutating func `answers that overlap may come in any order`() {
    ask(3)
    let early = judge.floor
    #expect(judge.answered(1, floor: early, lines: lines(0, 1)) == [])
    #expect(judge.answered(nil, floor: early, lines: lines()) == [], "a read that began before")
    #expect(judge.answered(0, floor: early, lines: lines(0)) == [])
    #expect(judge.answered(2, floor: early, lines: lines(0, 1, 2)) == [])
  }

  @Test mutating func `a write of unknown outcome may have happened or not, now or later`() {
    ask(3)
    #expect(answer(0, lines(0)) == [])
    // Nobody hears what became of 1.
    #expect(answer(nil, lines(0)) == [])
    #expect(answer(2, lines(0, 2)) == [])
    #expect(answer(nil, lines(0, 1, 2)) == [])
    #expect(answer(nil, lines(0, 2)) == [.backwards], "but once it was seen it stays")
  }

  @Test mutating func `an acknowledged write that is gone is lost`() {
    ask(2)
    #expect(answer(0, lines(0)) == [])
    #expect(answer(1, lines(0, 1)) == [])
    #expect(answer(nil, lines(1)).contains(.lost))
    #expect(judge.lost == LineSet([0]))
  }

  @Test mutating func `a write that its own answer lacks is lost`() {
    ask(1)
    #expect(answer(0, lines()) == [.lost])
    #expect(judge.lost == LineSet([0]))
  }

  @Test mutating func `a write that took effect twice is found`() {
    ask(1)
    #expect(answer(0, ["w0": 2]) == [.twice])
    #expect(judge.twice == LineSet([0]))
  }

  @Test mutating func `a read that goes back is found, though nothing acknowledged is missing`() {
    ask(2)
    #expect(answer(0, lines(0)) == [])
    #expect(answer(nil, lines(0, 1)) == [], "of unknown outcome, and there")
    #expect(answer(nil, lines(0)) == [.backwards])
    #expect(judge.lost.isEmpty)
  }

  @Test mutating func `two answers that no order explains are found, though they overlap`() {
    ask(2)
    let early = judge.floor
    #expect(judge.answered(nil, floor: early, lines: lines(0)) == [])
    #expect(judge.answered(nil, floor: early, lines: lines(1)).map(\.kind) == [.order])
  }

  @Test mutating func `a fork is found: two writes that were both the last`() {
    ask(2)
    let early = judge.floor
    #expect(judge.answered(0, floor: early, lines: lines(0, 1)) == [])
    #expect(judge.answered(1, floor: early, lines: lines(0, 1)).map(\.kind) == [.order])
  }

  @Test mutating func `a write that was seen with less than its own answer had is found`() {
    ask(3)
    let early = judge.floor
    #expect(judge.answered(1, floor: early, lines: lines(0, 1, 2)) == [])
    #expect(judge.answered(nil, floor: early, lines: lines(0, 1)).map(\.kind) == [.order])
  }

  @Test mutating func `what failed without effect must have none, before and after it failed`() {
    ask(2)
    #expect(judge.failed(0) == [])
    #expect(answer(nil, lines(0)) == [.undead])
    #expect(answer(nil, lines(0, 1)) == [.undead])
    #expect(judge.failed(1).map(\.kind) == [.undead], "it was seen before it failed")
  }

  @Test mutating func `what nobody has put in is found`() {
    ask(1)
    #expect(answer(nil, ["w1": 1]) == [.undead])
    #expect(answer(nil, ["mug": 1]) == [.undead])
    #expect(answer(nil, ["w00": 1]) == [.undead])
  }

  @Test mutating func `a cart that is asked nothing more is still judged by what it held`() {
    ask(2)
    #expect(answer(0, lines(0)) == [])
    #expect(answer(1, lines(0, 1)) == [])
    judge.retire()
    #expect(answer(nil, lines(0, 1)) == [])
    #expect(answer(nil, lines(0)) == [.lost])
  }

  @Test mutating func `sentences name the cart and the writes`() throws {
    ask(5)
    for number in 0..<5 { #expect(answer(number, Dictionary(uniqueKeysWithValues: (0...number).map { (LineSet.sku($0), 1) })) == []) }
    let complaint = try #require(judge.answered(nil, floor: judge.floor, lines: lines(0, 1, 4)).first)
    #expect(complaint.sentence == "cart: acknowledged and gone: write 2-3; the answer holds write 0-1, 4.")
  }
}
