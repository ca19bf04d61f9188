// Which of its numbered writes a cart holds: a set of small numbers in one word.

import ShopCarts

struct LineSet: Hashable, Sendable {
  /// Numbers are below this: a cart takes a hundred lines.
  static let limit = 96

  private(set) var bits: UInt128 = 0

  init() {}

  init(_ numbers: some Sequence<Int>) { for number in numbers { insert(number) } }

  var count: Int { bits.nonzeroBitCount }
  var isEmpty: Bool { bits == 0 }

  func contains(_ number: Int) -> Bool { bits & (1 << UInt128(number)) != 0 }

  mutating func insert(_ number: Int) {
    precondition((0..<Self.limit).contains(number), "a cart has no write \(number)")
    bits |= 1 << UInt128(number)
  }

  mutating func formUnion(_ other: LineSet) { bits |= other.bits }
  func union(_ other: LineSet) -> LineSet { LineSet(bits: bits | other.bits) }
  func intersection(_ other: LineSet) -> LineSet { LineSet(bits: bits & other.bits) }
  func subtracting(_ other: LineSet) -> LineSet { LineSet(bits: bits & ~other.bits) }
  func isSubset(of other: LineSet) -> Bool { bits & ~other.bits == 0 }

  var numbers: [Int] { (0..<Self.limit).filter(contains) }

  private init(bits: UInt128) { self.bits = bits }
}

extension LineSet {
  /// The article as which a write stands in its cart.
  static func sku(_ number: Int) -> SKU { "w\(number)" }

  /// Nil for an article that no write of ours is.
  static func number(_ sku: SKU) -> Int? {
    guard sku.first == "w", let number = Int(sku.dropFirst()), (0..<limit).contains(number), Self.sku(number) == sku else { return nil }
    return number
  }
}
