// How the groups of consumers are doing: for `shopstream topics`, the operators' page and the metrics.

/// One group, over the shards of one node or of all.
@Wire public struct ConsumerReport: Hashable, Sendable {
  public enum State: String, Sendable {
    /// It has everything, or is on its way.
    case running
    /// Something failed and is tried again.
    case retrying
    /// What it wants next is gone from the log: it must begin anew.
    case cutOff = "cut off"
  }

  public var group: String
  public var topic: String
  /// Shards of which it was asked.
  public var shards: Int
  /// Records that it has not taken yet, of all kinds.
  public var lag: Int
  /// Since the nodes took its shards over: records taken, tries that failed, records given up.
  public var delivered: UInt64
  public var failures: UInt64
  public var deadLetters: UInt64
  public var retrying: Int
  public var cutOff: Int
  /// What stands in the way in one of the shards, and in which.
  public var trouble: String?
  public var troubledShard: UInt16?

  public var state: State { cutOff > 0 ? .cutOff : retrying > 0 || trouble != nil ? .retrying : .running }
}

extension ConsumerReport {
  init(_ consumer: ShardConsumer, of shard: ShardID) {
    let pump = consumer.pump
    var isCutOff = false
    if case .cutOff = pump.phase { isCutOff = true }
    self.init(
      group: consumer.subscription.group, topic: consumer.subscription.topic, shards: 1, lag: pump.lag, delivered: pump.delivered,
      failures: pump.failures, deadLetters: pump.deadLetters, retrying: pump.trouble != nil && !isCutOff ? 1 : 0, cutOff: isCutOff ? 1 : 0,
      trouble: pump.trouble.map { String($0.prefix(Self.troubleLength)) }, troubledShard: pump.trouble == nil ? nil : shard.value)
  }

  /// Characters of a sentence that are told.
  private static let troubleLength = 300

  static func sum(_ reports: [ConsumerReport]) -> [ConsumerReport] {
    Dictionary(grouping: reports, by: \.group).values.map { parts in
      var sum = parts[0]
      for part in parts.dropFirst() {
        sum.shards += part.shards
        sum.lag += part.lag
        sum.delivered += part.delivered
        sum.failures += part.failures
        sum.deadLetters += part.deadLetters
        sum.retrying += part.retrying
        sum.cutOff += part.cutOff
        // The trouble that needs a person comes first.
        if sum.trouble == nil || (part.cutOff > 0 && sum.cutOff == part.cutOff) {
          (sum.trouble, sum.troubledShard) = (part.trouble ?? sum.trouble, part.troubledShard ?? sum.troubledShard)
        }
      }
      return sum
    }.sorted { $0.group < $1.group }
  }
}

extension Cluster {
  /// The groups of consumers, over all nodes that answer within a second.
  ///
  /// - Throws: `CallError` when this process has not seen the cluster yet, or no node answers.
  public func consumers() async throws -> [ConsumerReport] {
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    let answers = await withTaskGroup(of: Result<[ConsumerReport], any Error>.self) { group in
      for member in view.members {
        group.addTask {
          do { return .success(try [ConsumerReport](wireBytes: try await self.ask(member, .consumers, [], within: .seconds(1)))) } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let reports = answers.compactMap { try? $0.get() }
    if reports.isEmpty, case .failure(let error)? = answers.first { throw error }
    return ConsumerReport.sum(reports.flatMap { $0 })
  }

  /// Lets a group take everything once more that the logs still hold. Answers the number of shards in which it begins anew.
  ///
  /// - Throws: `CallError` when a node cannot be reached: then some shards may have begun anew, and it is safe to ask again.
  public func restartConsumers(_ group: String) async throws -> Int {
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    var count = 0
    for member in view.members {
      count += try Int(wireBytes: try await ask(member, .restartConsumers, group.wireBytes, within: .seconds(10)))
    }
    return count
  }

  /// This node's share.
  func consumerReports() async -> [ConsumerReport] {
    ConsumerReport.sum(
      await onEachStage { stage in
        stage.shards.compactMap { $0 }.filter { $0.state != .taking }.flatMap { shard in
          shard.consumers.map { ConsumerReport($0, of: shard.id) }
        }
      }.flatMap { $0 })
  }

  func restartOwnConsumers(_ group: String) async -> Int {
    await onEachStage { stage in
      stage.shards.compactMap { $0 }.filter { $0.restartConsumer(group) }.count
    }.reduce(0, +)
  }
}
