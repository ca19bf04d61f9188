// Histories of a register that some order explains, and histories that none does; and the judge beside one that tries every order.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct LinearizabilityTests {
  private func verdict(_ history: [Operation], effort: Int = Linearizability.effort) -> Linearizability.Verdict {
    Linearizability.judge(history.numbered, by: RegisterModel.self, effort: effort)
  }

  private func isBroken(_ history: [Operation]) -> Bool {
    if case .broken = verdict(history) { true } else { false }
  }

  // MARK: What holds, and what does not

  @Test func whatHappenedInOrderHolds() {
    #expect(verdict([]) == .holds)
    #expect(verdict([.read(0...1, saw: 0), .write(5, 2...3, was: 0), .read(4...5, saw: 5), .write(6, 6...7, was: 5)]) == .holds)
  }

  @Test func whatOverlapsHoldsInAnyOrderThatExplainsIt() {
    #expect(verdict([.write(1, 0...9, was: 3), .write(2, 0...9, was: 0), .write(3, 0...9, was: 2)]) == .holds)
    #expect(verdict([.write(1, 0...5, was: 0), .read(1...2, saw: 1), .read(3...4, saw: 1)]) == .holds)
    #expect(verdict([.write(1, 0...5, was: 0), .read(1...2, saw: 0), .read(3...4, saw: 1)]) == .holds)
    // Seen once, it is there.
    #expect(isBroken([.write(1, 0...5, was: 0), .read(1...2, saw: 1), .read(3...4, saw: 0)]))
    // Each says that the other came first.
    #expect(isBroken([.write(1, 0...9, was: 2), .write(2, 0...9, was: 1)]))
  }

  @Test func aStaleReadBreaksAndIsNamed() {
    let history: [Operation] = [.write(1, 0...1, was: 0), .write(2, 2...3, was: 1), .read(4...5, saw: 1)]
    #expect(verdict(history) == .broken(history.numbered[2].description))
  }

  @Test func aLostWriteBreaksAndIsNamed() {
    let history: [Operation] = [.write(1, 0...1, was: 0), .write(2, 2...3, was: 0), .read(4...5, saw: 2)]
    #expect(verdict(history) == .broken(history.numbered[1].description))
  }

  @Test func aWriteThatTookEffectTwiceBreaks() {
    #expect(isBroken([.write(1, 0...1, was: 0), .write(2, 2...3, was: 1), .read(4...5, saw: 2), .read(6...7, saw: 1)]))
    #expect(isBroken([.write(1, 0...1, .unknown), .write(2, 2...3, was: 1), .read(4...5, saw: 1)]))
  }

  @Test func whatNobodyWroteIsSeenByNobody() {
    #expect(isBroken([.write(1, 0...1, was: 0), .read(2...3, saw: 7)]))
    // Nor before it was written.
    #expect(isBroken([.read(0...1, saw: 1), .write(1, 2...3, was: 0)]))
    #expect(isBroken([.read(0...1, saw: 1), .write(1, 2...3, .unknown)]))
  }

  // MARK: What has no answer

  @Test func anUnknownWriteMayHaveTakenEffectOrNot() {
    #expect(verdict([.write(1, 0...1, .unknown), .read(2...3, saw: 0)]) == .holds)
    #expect(verdict([.write(1, 0...1, .unknown), .read(2...3, saw: 1)]) == .holds)
    #expect(isBroken([.write(1, 0...1, .unknown), .read(2...3, saw: 1), .read(4...5, saw: 0)]))
  }

  @Test func anUnknownWriteMayTakeEffectLate() {
    #expect(verdict([.write(1, 0...1, .unknown), .read(2...3, saw: 0), .read(4...5, saw: 1)]) == .holds)
    #expect(verdict([.write(1, 0...1, .unknown), .write(2, 2...3, was: 0), .read(4...5, saw: 2), .read(6...7, saw: 1)]) == .holds)
    #expect(isBroken([.write(1, 0...1, .unknown), .write(2, 2...3, was: 0), .read(4...5, saw: 1), .read(6...7, saw: 2)]))
  }

  @Test func severalUnknownWritesMayTakeEffectInAnyOrder() {
    let unknown: [Operation] = [.write(1, 0...1, .unknown), .write(2, 0...1, .unknown), .write(3, 0...1, .unknown)]
    #expect(verdict(unknown) == .holds)
    #expect(verdict(unknown + [.read(2...3, saw: 3), .read(4...5, saw: 1), .read(6...7, saw: 2)]) == .holds)
    #expect(verdict(unknown + [.read(2...3, saw: 2), .read(4...5, saw: 2)]) == .holds)
    #expect(isBroken(unknown + [.read(2...3, saw: 2), .read(4...5, saw: 3), .read(6...7, saw: 2)]))
  }

  @Test func whatFailedNeverTookEffect() {
    #expect(verdict([.write(1, 0...1, .failed), .read(2...3, saw: 0)]) == .holds)
    #expect(isBroken([.write(1, 0...1, .failed), .read(2...3, saw: 1)]))
    #expect(verdict([.read(0...1, .failed), .read(0...1, .unknown)]) == .holds)
  }

  // MARK: Bounds

  @Test func whatMeetsAtOneInstantOverlaps() {
    #expect(verdict([.write(1, 0...1, was: 0), .read(1...2, saw: 0)]) == .holds)
    #expect(verdict([.write(1, 0...1, was: 0), .read(1...2, saw: 1)]) == .holds)
    #expect(isBroken([.write(1, 0...1, was: 0), .read(2...3, saw: 0)]))
    // Calls that took no time.
    #expect(verdict([.write(1, 1...1, was: 0), .read(1...1, saw: 0)]) == .holds)
    #expect(verdict([.read(1...1, saw: 1), .write(1, 1...1, was: 0)]) == .holds)
    #expect(isBroken([.read(1...1, saw: 2), .write(1, 1...1, was: 0)]))
  }

  @Test func aSearchIsGivenUp() {
    let history: [Operation] = [.write(1, 0...9, was: 3), .write(2, 0...9, was: 0), .write(3, 0...9, was: 2)]
    #expect(verdict(history, effort: 0) == .undecided)
    #expect(verdict(history, effort: 3) == .undecided)
    #expect(verdict(history) == .holds)
    // Nothing was answered: there is nothing to search for.
    #expect(verdict([.write(1, 0...1, .unknown)], effort: 0) == .holds)
  }

  @Test func aLongHistoryIsDecided() {
    // More operations than a word has bits; each overlaps the two before and behind it.
    let writes = (0..<150).map { number in Operation.write(number + 1, Int64(number)...Int64(number + 2), was: number) }
    #expect(verdict(writes + [.read(200...201, saw: 150)]) == .holds)
    #expect(isBroken(writes + [.read(200...201, saw: 149)]))
    #expect(isBroken(writes + [.read(200...201, saw: 150), .read(202...203, saw: 86)]))
  }

  // MARK: Beside another judge

  @Test func itJudgesAsOneThatTriesEveryOrder() {
    var random = SeededRandom(seed: 1_993)
    var (held, broken) = (0, 0)
    var mistakes: [[Operation]] = []
    for _ in 0..<4_000 {
      let drawn = DrawnHistory(&random)
      let history = drawn.operations
      let isExplained = EveryOrder(history).hasAnExplanation
      if isExplained { held += 1 } else { broken += 1 }
      let isRight = isExplained ? verdict(history) == .holds : isBroken(history)
      // What did happen must be possible, whoever judges.
      if !isRight || drawn.isGenuine && !isExplained { mistakes.append(history) }
    }
    #expect(mistakes.isEmpty, "\(mistakes.first ?? [])")
    #expect(held > 400 && broken > 400, "\(held) hold, \(broken) do not")
  }
}

/// At most six operations, as they may have happened to a register; in some histories one answer was changed afterwards.
private struct DrawnHistory {
  private(set) var operations: [Operation] = []
  private(set) var isGenuine = true

  init(_ random: inout SeededRandom) {
    var effects: [(at: Int64, index: Int)] = []
    for index in 0..<Int.random(in: 1...6, using: &random) {
      let began = Int64.random(in: 0...9, using: &random)
      let seconds = began...(began + Int64.random(in: 0...5, using: &random))
      // Few values, so that more than one write explains a read.
      let value = Int.random(in: 1...3, using: &random)
      let isWrite = Int.random(in: 0..<5, using: &random) < 3
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        operations.append(isWrite ? .write(value, seconds, .failed) : .read(seconds, .failed))
      case 1, 2:
        operations.append(isWrite ? .write(value, seconds, .unknown) : .read(seconds, .unknown))
        if Bool.random(using: &random) { effects.append((began + Int64.random(in: 0...12, using: &random), index)) }
      default:
        operations.append(isWrite ? .write(value, seconds, was: 0) : .read(seconds, saw: 0))
        effects.append((Int64.random(in: seconds, using: &random), index))
      }
    }
    takeEffect(effects.sorted { ($0.at, $0.index) < ($1.at, $1.index) }.map(\.index))
    let answered = operations.indices.filter { operations[$0].end == .ok }
    if Bool.random(using: &random), let changed = answered.randomElement(using: &random) {
      operations[changed].result = [Int.random(in: 0...3, using: &random)]
      isGenuine = false
    }
    operations = operations.numbered
  }

  private mutating func takeEffect(_ order: [Int]) {
    var value = 0
    for index in order {
      if operations[index].end == .ok { operations[index].result = [value] }
      value = operations[index].argument ?? value
    }
  }
}

/// A judge that tries every order of everything that was answered and of any of the rest.
private struct EveryOrder {
  private struct Step {
    let began: Instant
    /// When the answer came, if one did.
    let answered: Instant?
    /// What the answer was.
    let saw: Int?
    let writes: Int?
  }

  private let steps: [Step]

  init(_ operations: [Operation]) {
    steps = operations.filter { $0.end != .failed }.map { one in
      let isAnswered = one.end == .ok
      return Step(began: one.began, answered: isAnswered ? one.ended : nil, saw: isAnswered ? one.result.first : nil, writes: one.argument)
    }
  }

  var hasAnExplanation: Bool { explains([], rest: Array(steps.indices)) }

  private func explains(_ order: [Int], rest: [Int]) -> Bool {
    if rest.allSatisfy({ steps[$0].answered == nil }), isPossible(order) { return true }
    for next in rest where mayComeNext(next, of: rest) {
      if explains(order + [next], rest: rest.filter { $0 != next }) { return true }
    }
    return false
  }

  /// Nothing comes before what was answered when it had not begun.
  private func mayComeNext(_ next: Int, of rest: [Int]) -> Bool {
    for other in rest {
      if let answered = steps[other].answered, answered < steps[next].began { return false }
    }
    return true
  }

  private func isPossible(_ order: [Int]) -> Bool {
    var value = 0
    for index in order {
      if let saw = steps[index].saw, saw != value { return false }
      value = steps[index].writes ?? value
    }
    return true
  }
}
