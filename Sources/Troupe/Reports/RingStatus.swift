// The ring as a whole: the view, what each node tells of it, and what they think of each other.

/// What the nodes of a cluster tell of the ring.
@Wire public struct RingStatus: Hashable, Sendable {
  /// A member of the view.
  @Wire public struct Node: Hashable, Sendable {
    public var id: String
    public var address: String
    public var zone: String
    public var version: String
    /// "active" or "draining".
    public var state: String
    public var weight: Int
    /// That it owns by the view, and that are pinned to it.
    public var shards: Int
    public var pinned: Int
    /// Nil when it did not tell: `silence` says why, and `answers` whether it is of a version that cannot.
    public var report: RingReport?
    public var answers: Bool
    public var silence: String?
    /// How it stands with the others: a `RingStanding`, and who says so; nobody where that is the node itself, or whoever asked.
    public var opinion: String = RingStanding.believed.rawValue
    public var saidBy: [String] = []
    /// How long ago its last beat was seen first, as far as the others know; as it says itself when there are no others.
    public var lastBeat: Duration? = nil
  }

  public var cluster: String
  public var epoch: UInt64
  public var shardCount: Int
  /// For each shard the index of its owner in `nodes`; `ClusterStatus.noOwner` where nobody has it.
  public var owners: [UInt16]
  /// In the order of their ids.
  public var nodes: [Node]
  /// The last that any node has seen, each once, the newest first.
  public var changes: [ViewChange]
}

extension Cluster {
  /// The newest view, with what each of its nodes tells. One that does not answer in time stands there without a report, and so does one of
  /// a version that does not know the question.
  ///
  /// - Parameter limit: short, for a picture that lives: suspicions come and go within a second.
  /// - Throws: `CallError` when this process has not seen the cluster yet.
  public func ringStatus(within limit: Duration = .milliseconds(400)) async throws -> RingStatus {
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    let (loads, pins) = (view.loads, Dictionary(grouping: view.pins.values) { $0 }.mapValues(\.count))
    let nodes = await withTaskGroup(of: (Int, RingStatus.Node).self) { group in
      for (index, member) in view.members.enumerated() {
        let node = RingStatus.Node(member, shards: loads[index], pinned: pins[member.id] ?? 0)
        group.addTask { (index, await self.asking(member, node, within: limit)) }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
    var status = RingStatus(
      cluster: view.cluster, epoch: view.epoch.value, shardCount: view.shardCount, owners: view.owners, nodes: nodes,
      changes: ViewChange.merged(nodes.compactMap(\.report?.changes)))
    status.judge()
    return status
  }

  private func asking(_ member: Member, _ node: RingStatus.Node, within limit: Duration) async -> RingStatus.Node {
    var node = node
    do {
      node.report = try RingReport(wireBytes: try await ask(member, .ring, [], within: limit))
      node.answers = true
    } catch let error as CallError {
      (node.answers, node.silence) = (error.code == .refused, error.message)
    } catch {
      (node.answers, node.silence) = (true, "its answer cannot be read: \(error)")
    }
    return node
  }
}

extension RingStatus.Node {
  init(_ member: Member, shards: Int, pinned: Int) {
    self.init(
      id: member.id.value, address: member.addresses.first ?? "", zone: member.zone, version: member.version, state: "\(member.state)",
      weight: member.weight, shards: shards, pinned: pinned, report: nil, answers: false, silence: nil)
  }
}

extension ViewChange {
  /// Changes that are shown.
  public static let limit = 64

  /// What several nodes have seen, each epoch once, the newest first. Who came late knows the first view that it saw by nothing but its size:
  /// others tell what changed then.
  static func merged(_ logs: [[ViewChange]]) -> [ViewChange] {
    let all = logs.flatMap { $0 }.sorted { left, right in
      (right.epoch, right.since, left.began) < (left.epoch, left.since, right.began)
    }
    var (told, below): ([ViewChange], UInt64) = ([], .max)
    for change in all where change.epoch <= below && told.count < limit {
      told.append(change)
      below = change.since == 0 ? max(1, change.epoch) - 1 : change.since
    }
    return told
  }
}
