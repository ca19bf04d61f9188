// What must hold of effects that operations set going: what was acknowledged happens once, what failed never does.

/// A judge of one entity's effects, each of which has its operation's number.
public enum OnceChecks {
  /// - Parameter happened: the numbers whose effects are there when everything has ended, once for each time.
  public static func complaints(_ key: String, _ operations: [Operation], happened: [Int]) -> [String] {
    let times = Dictionary(grouping: happened) { $0 }.mapValues(\.count)
    var complaints = times.filter { $0.value > 1 }.sorted { $0.key < $1.key }.map { "\(key): \($0.key) happened \($0.value) times" }
    let asked = Set(operations.compactMap(\.argument))
    complaints += times.keys.filter { !asked.contains($0) }.sorted().map { "\(key): \($0) happened and nobody asked for it" }
    for operation in operations {
      let hasHappened = operation.argument.flatMap { times[$0] } != nil
      if operation.end == .ok, !hasHappened { complaints.append("\(key): acknowledged and never happened: \(operation)") }
      if operation.end == .failed, hasHappened { complaints.append("\(key): happened although it failed: \(operation)") }
    }
    return complaints
  }
}
