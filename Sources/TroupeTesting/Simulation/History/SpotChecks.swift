// What must hold of a thing that lives in memory alone: it may begin anew, but never does an earlier life of it answer once a later one has,
// and within one life it is linearizable.

/// A judge of one volatile counter. "touch" answers its life's number and how often it was touched in that life.
public enum SpotChecks {
  public static func complaints(_ key: String, _ operations: [Operation]) -> [String] {
    let known = operations.filter { $0.end == .ok && $0.result.count == 2 }
    let lives = Dictionary(grouping: known, by: { $0.result[0] }).values
      .sorted { ($0.first?.index ?? 0) < ($1.first?.index ?? 0) }
    return lives.flatMap { inOneLife(key, $0) + returns(key, $0, among: known) }
  }

  private static func inOneLife(_ key: String, _ life: [Operation]) -> [String] {
    var complaints: [String] = []
    let ordered = life.sorted { $0.result[1] < $1.result[1] }
    var latest = ordered.first?.began
    for (one, other) in zip(ordered, ordered.dropFirst()) {
      if one.result[1] == other.result[1] { complaints.append("\(key): two touches were the same one: \(one); \(other)") }
      latest = max(latest ?? one.began, one.began)
      if let ended = other.ended, let latest, ended < latest { complaints.append("\(key): counted before it was over: \(other)") }
    }
    return complaints
  }

  /// Answers of another life between two of this one.
  private static func returns(_ key: String, _ life: [Operation], among all: [Operation]) -> [String] {
    guard let first = life.min(by: { ($0.ended ?? $0.began) < ($1.ended ?? $1.began) }), let firstEnd = first.ended,
      let last = life.max(by: { $0.began < $1.began })
    else { return [] }
    return all.filter { $0.result[0] != first.result[0] && $0.began > firstEnd && ($0.ended ?? $0.began) < last.began }
      .prefix(1).map { "\(key): an earlier life answered once a later one had: \(first); \($0); \(last)" }
  }
}
