// Whether what clients see of one cart can be: judged at each answer, while the run goes on. Pure.
//
// Each write adds an article of its own, and each answer holds the whole cart, so an answer is the set of the writes that were
// there. Then linearizability needs no search: the answers must form a chain, each holding all that had been seen when its call
// began; the smallest that holds a write is that write's own answer; and no number is more than one.

import ShopCarts

struct CartJudge: Sendable {
  /// What had been seen when a call began: its answer must hold all of it.
  struct Floor: Hashable, Sendable {
    var acknowledged = LineSet()
    var seen = LineSet()
  }

  let cart: String
  /// Handed out, in their order.
  private(set) var asked = 0
  private(set) var acknowledged = LineSet()
  /// Of writes that had failed, for good and without effect.
  private(set) var refused = LineSet()
  private(set) var lost = LineSet()
  private(set) var twice = LineSet()
  private var seen = LineSet()
  /// Different answers, smallest first.
  private var answers: [LineSet] = []
  /// By write: the answer that it got itself.
  private var own: [Int: LineSet] = [:]

  init(_ cart: String) { self.cart = cart }

  /// Whether another write fits.
  var isFull: Bool { asked >= LineSet.limit }
  var floor: Floor { Floor(acknowledged: acknowledged, seen: seen) }

  /// A number for the next write.
  mutating func ask() -> Int {
    precondition(!isFull, "\(cart) has had \(asked) writes")
    asked += 1
    return asked - 1
  }

  /// A write ended without effect, as its error says, and is not sent again.
  mutating func failed(_ number: Int) -> [ChaosComplaint] {
    refused.insert(number)
    return seen.contains(number) ? [complaint(.undead, "write \(number) failed without effect, and its effect was seen before")] : []
  }

  /// - Parameters:
  ///   - number: of a write; nil for a read.
  ///   - floor: as it was when the call began.
  ///   - lines: the cart's whole content, as the answer has it.
  mutating func answered(_ number: Int?, floor: Floor, lines: [SKU: Int]) -> [ChaosComplaint] {
    var complaints: [ChaosComplaint] = []
    let answer = read(lines, &complaints)
    let gone = floor.seen.subtracting(answer)
    let lostNow = gone.intersection(floor.acknowledged)
    if !lostNow.isEmpty {
      lost.formUnion(lostNow)
      complaints.append(complaint(.lost, "acknowledged and gone: \(Self.list(lostNow)); the answer holds \(Self.list(answer))"))
    } else if !gone.isEmpty {
      complaints.append(complaint(.backwards, "seen before and gone: \(Self.list(gone)); the answer holds \(Self.list(answer))"))
    }
    complaints += place(answer)
    if let number { complaints += acknowledge(number, answer) }
    seen.formUnion(answer)
    return complaints
  }

  /// Nothing more is asked of it but what it holds at the end.
  mutating func retire() { (answers, own) = ([], [:]) }

  // MARK: The parts of a judgement

  private mutating func read(_ lines: [SKU: Int], _ complaints: inout [ChaosComplaint]) -> LineSet {
    var answer = LineSet()
    for (sku, quantity) in lines {
      guard let number = LineSet.number(sku), number < asked else {
        complaints.append(complaint(.undead, "it holds \(sku), which nobody has put in"))
        continue
      }
      answer.insert(number)
      if quantity != 1 {
        twice.insert(number)
        complaints.append(complaint(.twice, "write \(number) took effect \(quantity) times"))
      }
      if refused.contains(number) { complaints.append(complaint(.undead, "write \(number) took effect although it had failed")) }
    }
    return answer
  }

  /// Among all answers so far, whoever got them.
  private mutating func place(_ answer: LineSet) -> [ChaosComplaint] {
    let place = answers.firstIndex { $0.count >= answer.count } ?? answers.count
    if place < answers.count, answers[place] == answer { return [] }
    var complaints: [ChaosComplaint] = []
    let below = place > 0 ? answers[place - 1] : LineSet()
    let above = place < answers.count ? answers[place] : answer
    if !below.isSubset(of: answer) || !answer.isSubset(of: above) {
      let other = below.isSubset(of: answer) ? above : below
      complaints.append(complaint(.order, "no order explains both \(Self.list(other)) and \(Self.list(answer))"))
    }
    for number in answer.numbers {
      guard let first = own[number], first.count > answer.count else { continue }
      complaints.append(complaint(.order, "write \(number) was seen with less than its own answer had"))
    }
    answers.insert(answer, at: place)
    return complaints
  }

  private mutating func acknowledge(_ number: Int, _ answer: LineSet) -> [ChaosComplaint] {
    acknowledged.insert(number)
    guard answer.contains(number) else {
      lost.insert(number)
      return [complaint(.lost, "write \(number) is not in its own answer")]
    }
    var complaints: [ChaosComplaint] = []
    if answers.contains(where: { $0.contains(number) && $0.count < answer.count }) {
      complaints.append(complaint(.order, "write \(number) was seen with less than its own answer had"))
    }
    if let other = own.first(where: { $0.value == answer && $0.key != number })?.key {
      complaints.append(complaint(.order, "writes \(other) and \(number) were both the last one of the same cart"))
    }
    own[number] = answer
    return complaints
  }

  private func complaint(_ kind: ChaosComplaint.Kind, _ what: String) -> ChaosComplaint {
    ChaosComplaint(kind: kind, cart: cart, what: what)
  }

  private static func list(_ set: LineSet) -> String {
    // 0-7, 9: most carts hold nearly all.
    var runs: [ClosedRange<Int>] = []
    for number in set.numbers {
      if let last = runs.last, last.upperBound == number - 1 {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    let words = runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    return words.isEmpty ? "nothing" : "write \(words.joined(separator: ", "))"
  }
}
