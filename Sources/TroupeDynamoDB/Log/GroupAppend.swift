// The batches of one call: shards side by side, the batches of one shard one after another.
import TroupeCluster
import TroupeJournal

struct GroupAppend: Sendable {
  let log: ShardLog
  let budget: Budget
  let width: Int

  private struct Part: Sendable {
    let places: [Int]
    let outcomes: [Result<AppendOutcome, StoreError>]
  }

  func append(_ batches: [AppendBatch]) async throws(StoreError) -> [AppendOutcome] {
    var places: [ShardID: [Int]] = [:]
    for (place, batch) in batches.enumerated() { places[batch.shard, default: []].append(place) }
    let groups = Array(places.values)
    var results: [Result<AppendOutcome, StoreError>?] = Array(repeating: nil, count: batches.count)
    await withTaskGroup(of: Part.self) { tasks in
      for (number, group) in groups.enumerated() {
        if number >= width, let part = await tasks.next() { Self.take(part, &results) }
        tasks.addTask { await run(group, batches) }
      }
      for await part in tasks { Self.take(part, &results) }
    }
    return try Self.outcome(of: results.compactMap(\.self), batches) { log.memory[$0]?.head }
  }

  private static func take(_ part: Part, _ results: inout [Result<AppendOutcome, StoreError>?]) {
    for (place, outcome) in zip(part.places, part.outcomes) { results[place] = outcome }
  }

  private func run(_ places: [Int], _ batches: [AppendBatch]) async -> Part {
    var outcomes: [Result<AppendOutcome, StoreError>] = []
    for place in places {
      let batch = batches[place]
      var budget = budget.part("an append to shard \(batch.shard)")
      do throws(StoreError) {
        outcomes.append(.success(try await log.append(batch, &budget)))
      } catch {
        outcomes.append(.failure(error))
      }
    }
    return Part(places: places, outcomes: outcomes)
  }

  /// What the call as a whole answers. An unknown outcome is everybody's. Otherwise a shard where nothing was done is a conflict, so
  /// that the others' success is told: unless nothing was done at all.
  static func outcome(
    of results: [Result<AppendOutcome, StoreError>], _ batches: [AppendBatch], head: (ShardID) -> Head?
  ) throws(StoreError) -> [AppendOutcome] {
    var first: StoreError?
    var appended = false
    for result in results {
      switch result {
      case .failure(let error) where error.outcomeIsUnknown: throw error
      case .failure(let error): first = first ?? error
      case .success(.appended): appended = true
      case .success(.conflict): break
      }
    }
    if let first, !appended { throw first }
    return zip(results, batches).map { result, batch in
      if case .success(let outcome) = result { return outcome }
      return .conflict(head(batch.shard) ?? .empty)
    }
  }
}
