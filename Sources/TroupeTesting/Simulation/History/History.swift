// The record of everything that clients did. Times are the world's, not those of anybody's clock: what happened before what is a fact.
import TroupeNet

/// All operations of a simulation, in the order in which they began.
public final class History: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  public private(set) var operations: [Operation] = []
  private let world: SimulatedWorld

  public init(_ world: SimulatedWorld) { self.world = world }

  /// Returns what `end` wants to know it by.
  public func begin(_ name: String, _ key: String, _ argument: Int? = nil, process: Int) -> Int {
    let index = operations.count
    operations.append(Operation(index: index, process: process, name: name, key: key, argument: argument, began: world.now))
    world.note(UInt64(index))
    return index
  }

  public func end(_ index: Int, _ end: OperationEnd, _ result: [Int] = [], reason: String = "") {
    operations[index].ended = world.now
    operations[index].end = end
    operations[index].result = result
    operations[index].reason = reason
    for value in result { world.note(UInt64(bitPattern: Int64(value))) }
  }

  /// Those that did something of this name, by what they did it to; keys in order.
  public func byKey(_ names: Set<String>) -> [(key: String, operations: [Operation])] {
    Dictionary(grouping: operations.filter { names.contains($0.name) }, by: \.key)
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// An operation behind all others, as which what was found at the end can be judged with them.
  public func last(_ name: String, _ key: String, _ result: [Int]) -> Operation {
    var operation = Operation(index: operations.count, process: -1, name: name, key: key, argument: nil, began: world.now)
    (operation.ended, operation.end, operation.result) = (world.now, .ok, result)
    return operation
  }
}
