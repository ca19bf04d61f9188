// Whether two nodes ever serve one shard at one instant. Clients notice that only if they ask both just then; this looks all the time.
import Troupe

/// Looks at the nodes again and again while a simulation runs.
final class OwnershipWatch {
  /// Of virtual time. What two clocks that run 4 % apart disagree about is ten times as long.
  static let interval: Duration = .milliseconds(5)
  private static let complaintLimit = 5

  private(set) var complaints: [String] = []
  private var found: Set<ShardID> = []
  private let shardCount: Int

  init(shardCount: Int) { self.shardCount = shardCount }

  func look(at served: [(node: String, shards: [ShardID])], _ time: String) {
    guard complaints.count < Self.complaintLimit else { return }
    var owners = [String?](repeating: nil, count: shardCount)
    for (node, shards) in served {
      for shard in shards {
        if let other = owners[shard.index], found.insert(shard).inserted {
          complaints.append("\(time): shard \(shard) is served by \(other) and by \(node) at once, and both have a lease")
        }
        owners[shard.index] = node
      }
    }
  }
}
