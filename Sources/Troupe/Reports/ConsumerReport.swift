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
  /// Since the nodes started: records taken, tries that failed, records given up.
  public var delivered: UInt64
  public var failures: UInt64
  public var deadLetters: UInt64
  public var retrying: Int
  public var cutOff: Int
  /// What stands in the way in one of the shards, and in which.
  public var trouble: String?
  public var troubledShard: UInt16?
  /// When the oldest record was made that waits in front of a shard's others, as far as it was read; milliseconds since 1970.
  public var oldest: Int64? = nil

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
      trouble: pump.trouble.map { String($0.prefix(Self.troubleLength)) }, troubledShard: pump.trouble == nil ? nil : shard.value,
      oldest: pump.lag > 0 ? pump.oldest : nil)
  }

  /// A group of a node without its shards.
  init(_ subscription: any Subscription, past: ConsumerCounts) {
    self.init(
      group: subscription.group, topic: subscription.topic, shards: 0, lag: 0, delivered: past.delivered, failures: past.failures,
      deadLetters: past.deadLetters, retrying: 0, cutOff: 0, trouble: nil, troubledShard: nil)
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
        sum.oldest = [sum.oldest, part.oldest].compactMap { $0 }.min()
        // The trouble that needs a person comes first.
        if sum.trouble == nil || (part.cutOff > 0 && sum.cutOff == part.cutOff) {
          (sum.trouble, sum.troubledShard) = (part.trouble ?? sum.trouble, part.troubledShard ?? sum.troubledShard)
        }
      }
      return sum
    }.sorted { $0.group < $1.group }
  }
}

/// What a group's consumers have counted that do not run any more.
struct ConsumerCounts: Sendable {
  var delivered: UInt64 = 0
  var failures: UInt64 = 0
  var deadLetters: UInt64 = 0

  mutating func add(_ pump: ConsumerPump) {
    delivered += pump.delivered
    failures += pump.failures
    deadLetters += pump.deadLetters
  }
}

/// The groups as each node has them.
public struct ConsumerStatus: Hashable, Sendable {
  public struct Share: Hashable, Sendable {
    public var node: String
    public var groups: [ConsumerReport]

    public init(node: String, groups: [ConsumerReport]) { (self.node, self.groups) = (node, groups) }
  }

  /// In the order of the nodes' names.
  public var shares: [Share]
  /// Nodes that did not answer: what they serve is missing.
  public var silent: [TransportStatus.Silent]

  public init(shares: [Share] = [], silent: [TransportStatus.Silent] = []) { (self.shares, self.silent) = (shares, silent) }

  /// Over all nodes.
  public var groups: [ConsumerReport] { ConsumerReport.sum(shares.flatMap(\.groups)) }
}

extension Cluster {
  /// The groups of consumers, over all nodes that answer within a second.
  ///
  /// - Throws: `CallError` when this process has not seen the cluster yet, or no node answers.
  public func consumers() async throws -> [ConsumerReport] {
    let status = try await consumerStatus()
    if status.shares.isEmpty, let silent = status.silent.first { throw CallError(.unavailable, silent.reason, mayRetry: true) }
    return status.groups
  }

  /// The groups of consumers, node by node. One that does not answer within a second is listed as silent.
  ///
  /// - Throws: `CallError` when this process has not seen the cluster yet.
  public func consumerStatus() async throws -> ConsumerStatus {
    let (answers, silent) = try await askAll(.consumers, within: .seconds(1), as: [ConsumerReport].self)
    return ConsumerStatus(shares: answers.map { .init(node: $0.node, groups: $0.answer) }, silent: silent)
  }

  /// A question to every member, all at once; in the order of their names.
  func askAll<Answer: Wire & Sendable>(
    _ topic: AskTopic, within limit: Duration, as type: Answer.Type
  ) async throws -> (answers: [(node: String, answer: Answer)], silent: [TransportStatus.Silent]) {
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    let all = await withTaskGroup(of: (node: String, answer: Result<Answer, any Error>).self) { group in
      for member in view.members {
        group.addTask {
          do {
            return (member.id.value, .success(try Answer(wireBytes: try await self.ask(member, topic, [], within: limit))))
          } catch {
            return (member.id.value, .failure(error))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }.sorted { $0.node < $1.node }
    var (answers, silent): ([(node: String, answer: Answer)], [TransportStatus.Silent]) = ([], [])
    for (node, answer) in all {
      switch answer {
      case .success(let answer): answers.append((node, answer))
      case .failure(let error): silent.append(.init(name: node, reason: (error as? CallError)?.message ?? "\(error)"))
      }
    }
    return (answers, silent)
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
        let shards = stage.shards.compactMap { $0 }.filter { $0.state != .taking }
        return stage.registry.subscriptions.map { ConsumerReport($0, past: stage.pastConsumers[$0.group] ?? ConsumerCounts()) }
          + shards.flatMap { shard in shard.consumers.map { ConsumerReport($0, of: shard.id) } }
      }.flatMap { $0 })
  }

  func restartOwnConsumers(_ group: String) async -> Int {
    await untilTailsAreRead()
    return await onEachStage { stage in
      stage.shards.compactMap { $0 }.filter { $0.restartConsumer(group) }.count
    }.reduce(0, +)
  }
}
