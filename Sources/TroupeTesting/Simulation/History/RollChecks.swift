// What must hold of a list that clients add to: nothing acknowledged is missing, nothing stands there twice, nothing stands there that
// failed, and each stands where its answer said.

/// A judge of one list. "add" hands over a number of its own and answers its place, from 1; "count" answers how many there are.
public enum RollChecks {
  /// - Parameter list: what the list was when everything had ended.
  public static func complaints(_ key: String, _ operations: [Operation], list: [Int]) -> [String] {
    var complaints: [String] = []
    func complain(_ what: String, _ operation: Operation) { complaints.append("\(key): \(what): \(operation)") }
    let places = Dictionary(list.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { first, _ in first })
    if places.count != list.count { complaints.append("\(key): something was added twice: \(list)") }
    let adds = operations.filter { $0.name == "add" }
    let asked = Set(adds.compactMap(\.argument))
    for number in list where !asked.contains(number) { complaints.append("\(key): \(number) was never added") }
    for add in adds {
      let place = add.argument.flatMap { places[$0] }
      switch add.end {
      case .ok where place == nil: complain("acknowledged and gone", add)
      case .ok where add.result != place.map { [$0] }: complain("stands at \(place ?? 0), its answer said otherwise", add)
      case .failed where place != nil: complain("took effect although it failed", add)
      default: break
      }
    }
    for count in operations where count.name == "count" && count.end == .ok {
      if let seen = count.result.first, seen > list.count { complain("there were never so many", count) }
    }
    return complaints + disorder(key, operations, places) + upstarts(key, adds, places)
  }

  /// What had ended before something else began comes before it, and whoever counts counts it.
  private static func disorder(_ key: String, _ operations: [Operation], _ places: [Int: Int]) -> [String] {
    var complaints: [String] = []
    let known = operations.filter { $0.end == .ok }
    let byEnd = known.sorted { ($0.ended ?? $0.began, $0.index) < ($1.ended ?? $1.began, $1.index) }
    var (ended, highest) = (0, 0)
    for operation in known.sorted(by: { ($0.began, $0.index) < ($1.began, $1.index) }) {
      while ended < byEnd.count, let end = byEnd[ended].ended, end < operation.began {
        highest = max(highest, byEnd[ended].result.first ?? 0)
        ended += 1
      }
      let seen = operation.result.first ?? 0
      let least = operation.name == "add" ? highest + 1 : highest
      if seen < least { complaints.append("\(key): answers less than the \(highest) that others had seen before: \(operation)") }
    }
    return complaints
  }

  /// Of adds whose answer nobody heard: none may stand before what had been answered when it began.
  private static func upstarts(_ key: String, _ adds: [Operation], _ places: [Int: Int]) -> [String] {
    let answered = adds.filter { $0.end == .ok }
    return adds.filter { $0.end == .unknown }.compactMap { add in
      guard let place = add.argument.flatMap({ places[$0] }) else { return nil }
      let later = answered.first { other in other.ended.map { $0 < add.began } == true && (other.result.first ?? 0) > place }
      return later.map { "\(key): stands before what was there when it began: \(add); \($0)" }
    }
  }
}
