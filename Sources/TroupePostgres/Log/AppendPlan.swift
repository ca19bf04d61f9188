// Batches as statements: one for all, with an array a column, and another one for each time that a shard comes again. Pure.
import TroupeCluster
import TroupeJournal
import TroupeWire

struct AppendPlan {
  private(set) var queries: [Query] = []
  /// Of each batch: its statement.
  private var rounds: [Int] = []
  private let shards: [ShardID]

  init(_ batches: [AppendBatch]) {
    shards = batches.map(\.shard)
    guard !batches.isEmpty else { return }
    var times: [ShardID: Int] = [:]
    for batch in batches {
      rounds.append(times[batch.shard, default: 0])
      times[batch.shard, default: 0] += 1
    }
    for round in 0...(rounds.max() ?? 0) {
      queries.append(LogStatements.append(zip(batches, rounds).filter { $0.1 == round }.map(\.0)))
    }
  }

  /// Which batches the heads admitted: each statement answers their shards.
  func admitted(_ answers: ArraySlice<Rows>) -> [Bool] {
    let found = answers.map { rows in Set((0..<rows.count).map { rows.int($0, 0) }) }
    return zip(shards, rounds).map { shard, round in found[round].contains(Int(shard.value)) }
  }
}
