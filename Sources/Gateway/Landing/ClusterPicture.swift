// The cluster as the page and the metrics show it. The door gives one without rates; `PictureMaker` adds what takes two
// looks to know.

public struct ClusterPicture: Sendable, Equatable {
  public struct Node: Sendable, Equatable {
    public var id: String
    public var address = ""
    public var zone = ""
    public var state = ""
    public var version = ""
    /// Its place among the colours. Kept while the gateway runs, whatever other nodes do.
    public var colour = 0
    public var shards = 0
    public var entities = 0
    public var calls: UInt64 = 0
    public var durable: UInt64 = 0
    public var reminders: UInt64 = 0
    public var remindersFailed: UInt64 = 0
    public var callsPerSecond = 0.0
    public var durablePerSecond = 0.0
    /// In seconds.
    public var uptime = 0
    /// Holds a lease.
    public var isServing = true

    public init(id: String) { self.id = id }
  }

  /// Points of `history`: two minutes.
  public static let historyLength = 120

  public var cluster = ""
  public var epoch: UInt64 = 0
  public var shardCount = 0
  /// For each shard the index of its owner among `nodes`, or nil.
  public var owners: [Int?] = []
  public var nodes: [Node] = []
  /// Calls a second of the whole cluster, a point a second, the newest last.
  public var history: [Double] = []
  public var isReachable = false
  /// Why the last status did not arrive.
  public var trouble: String?

  public init() {}

  public var callsPerSecond: Double { nodes.reduce(0) { $0 + $1.callsPerSecond } }
  public var durablePerSecond: Double { nodes.reduce(0) { $0 + $1.durablePerSecond } }
  public var entities: Int { nodes.reduce(0) { $0 + $1.entities } }
  public var unownedShards: Int { owners.count { $0 == nil } }
  public var servingNodes: Int { nodes.count(where: \.isServing) }
  /// Whether each entity has somewhere to run, as far as one can tell from here.
  public var isReady: Bool { isReachable && !owners.isEmpty && unownedShards == 0 && servingNodes > 0 }

  /// The state in a sentence, for people.
  public var summary: String {
    if !isReachable { return trouble.map { "The cluster does not answer: \($0)" } ?? "Waiting for the cluster" }
    if nodes.isEmpty { return "The cluster has no nodes" }
    if unownedShards > 0 { return unownedShards == 1 ? "1 shard has no owner" : "\(Figures.grouped(unownedShards)) shards have no owner" }
    let silent = nodes.filter { !$0.isServing }.map(\.id)
    if !silent.isEmpty { return "\(silent.joined(separator: ", ")) \(silent.count == 1 ? "has" : "have") no lease" }
    return nodes.count == 1 ? "1 node serves" : "\(nodes.count) nodes serve"
  }
}
