// What a client knows of something that it writes: one value, or several after an outcome that nobody told it.
import TroupeJournal

struct Known<Value: Equatable & Sendable>: Sendable {
  private(set) var possible: [Value]

  init(_ value: Value) { possible = [value] }

  /// The last that was asked for.
  var newest: Value { possible[possible.count - 1] }
  var isCertain: Bool { possible.count == 1 }

  mutating func became(_ value: Value) { possible = [value] }

  /// A call that would have made it `value` threw. What had no effect leaves no trace.
  mutating func failed(_ error: StoreError, to value: Value) {
    if error.outcomeIsUnknown && newest != value { possible.append(value) }
  }
}

/// The store said or holds what cannot be.
struct Lie: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A call failed again and again, or the power is lost: this store is of no more use.
struct Interrupted: Error, CustomStringConvertible {
  let what: String
  let last: StoreError
  var description: String { "\(what) failed for good: \(last)" }
}
