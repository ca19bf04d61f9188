// What operators set in the register: how much a node gets, and where single shards belong.

/// An operator's order. It changes where shards should be; their owners then give them away, a few at a time.
public enum ClusterSetting: Hashable, Sendable {
  /// How much a node gets, relative to the others: 0 to 10,000, and 1 unless somebody says otherwise. At 0 only what is pinned to it.
  case weigh(node: String, Int)
  /// The shard belongs to the node, whatever the hash says, as long as the node is an active member.
  case pin(shard: Int, node: String)
  case unpin(shard: Int)
  /// Takes the pin out if it is to this node; somebody else may have pinned the shard elsewhere meanwhile.
  case release(shard: Int, node: String)
  /// Shards are to change places because of what they cost, in place of all such wishes that stand in the view; none takes them out. Nodes of a
  /// version that does not know wishes drop them: ask `rebalancing` first, which finds out.
  case balance([Int: String])
  /// So many hundredths of the shards belong to nodes of this version, the others to nodes of other ones, as long as there are both. In place of
  /// any such order before it. Nodes that do not know the order refuse it.
  case place(version: String, percent: Int)
  /// Shards are placed whatever the nodes' versions are.
  case placeAnywhere
  /// Takes a drain back, while the node has not left.
  case activate(node: String)
}

extension ClusterSetting {
  /// Nil for a shard that no cluster has.
  var setting: Setting? {
    func known(_ shard: Int) -> ShardID? { (0..<View.shardLimit).contains(shard) ? ShardID(shard) : nil }
    switch self {
    case .weigh(let node, let weight): return .weight(NodeID(node), weight)
    case .pin(let shard, let node): return known(shard).map { .pin($0, NodeID(node)) }
    case .unpin(let shard): return known(shard).map { .unpin($0) }
    case .release(let shard, let node): return known(shard).map { .release($0, NodeID(node)) }
    case .balance(let wishes):
      var known: [ShardID: NodeID] = [:]
      for (shard, node) in wishes {
        guard (0..<View.shardLimit).contains(shard) else { return nil }
        known[ShardID(shard)] = NodeID(node)
      }
      return .balance(known)
    case .place(let version, let percent): return .trial(Trial(version: version, percent: percent))
    case .placeAnywhere: return .trial(nil)
    case .activate(let node): return .activate(NodeID(node))
    }
  }
}

/// As it is asked for on a link.
@Wire struct SettingOrder {
  /// "weigh", "pin", "unpin", "release" or "activate".
  var what: String
  var node: String?
  var shard: Int?
  var weight: Int?
}

/// Wishes of the balancer, as they are asked for on a link: a question of its own, which nodes that do not know wishes refuse.
@Wire struct WishOrder {
  var wishes: [UInt16: String]

  /// Nil when no cluster has such a shard.
  var setting: Setting? { ClusterSetting.balance(Dictionary(uniqueKeysWithValues: wishes.map { (Int($0.key), $0.value) })).setting }
}

/// A share of the shards for a version, as it is asked for on a link: a question of its own, which nodes that do not know trials refuse.
@Wire struct PlaceOrder {
  /// Nil ends a trial.
  var version: String?
  var percent: Int

  var setting: Setting { .trial(version.map { Trial(version: $0, percent: percent) }) }
}

extension SettingOrder {
  /// Nil for wishes and trials, which are asked for otherwise.
  init?(_ setting: ClusterSetting) {
    switch setting {
    case .balance, .place, .placeAnywhere: return nil
    case .weigh(let node, let weight): self.init(what: "weigh", node: node, shard: nil, weight: weight)
    case .pin(let shard, let node): self.init(what: "pin", node: node, shard: shard, weight: nil)
    case .unpin(let shard): self.init(what: "unpin", node: nil, shard: shard, weight: nil)
    case .release(let shard, let node): self.init(what: "release", node: node, shard: shard, weight: nil)
    case .activate(let node): self.init(what: "activate", node: node, shard: nil, weight: nil)
    }
  }

  /// Nil when it is none that this version knows, or says too little.
  var setting: ClusterSetting? {
    switch (what, node, shard, weight) {
    case ("weigh", let node?, _, let weight?): .weigh(node: node, weight)
    case ("pin", let node?, let shard?, _): .pin(shard: shard, node: node)
    case ("unpin", _, let shard?, _): .unpin(shard: shard)
    case ("release", let node?, let shard?, _): .release(shard: shard, node: node)
    case ("activate", let node?, _, _): .activate(node: node)
    default: nil
    }
  }
}

extension AskTopic {
  static let set = AskTopic(rawValue: 15)
  static let wish = AskTopic(rawValue: 21)
  static let place = AskTopic(rawValue: 22)
}

/// One shard, where it is and where it should be.
public struct ShardPlace: Hashable, Sendable {
  public var shard: Int
  /// Nil while nobody has it.
  public var owner: String?
  /// Where members, weights and pins want it; nil when there is no member at all.
  public var desired: String?
  public var pin: String?
  /// The node that the balancer wants it at for now.
  public var wish: String? = nil
  /// Whether it belongs to nodes of the version that is tried; nil while placement goes by no version.
  public var isOnTrial: Bool? = nil

  /// Whether its owner will give it away.
  public var moves: Bool { owner != nil && owner != desired }
}

extension Cluster {
  /// Gives an order. Answers when it stands in the register; throws `.refused` with the reason when it cannot, and `.unknownOutcome` when
  /// the register did not say in time.
  public func set(_ setting: ClusterSetting) async throws {
    switch setting {
    case .balance(let wishes):
      guard setting.setting != nil else { throw CallError(.refused, "no cluster has such a shard") }
      let order = WishOrder(wishes: Dictionary(uniqueKeysWithValues: wishes.map { (UInt16($0.key), $0.value) }))
      _ = try await askAny(.wish, order.wireBytes, within: .seconds(10))
    case .place(let version, let percent):
      _ = try await askAny(.place, PlaceOrder(version: version, percent: percent).wireBytes, within: .seconds(10))
    case .placeAnywhere: _ = try await askAny(.place, PlaceOrder(version: nil, percent: 0).wireBytes, within: .seconds(10))
    case .weigh, .pin, .unpin, .release, .activate:
      if let order = SettingOrder(setting) { _ = try await askAny(.set, order.wireBytes, within: .seconds(10)) }
    }
  }

  /// All shards by the newest view, in order; or as they would be wanted after an order that nobody has given yet.
  public func shards(after order: ClusterSetting? = nil) async throws -> [ShardPlace] {
    guard var view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    let owners = view.owners.map { $0 == View.nobody ? nil : view.members[Int($0)].id.value }
    if let order {
      guard let setting = order.setting else { throw CallError(.refused, "no cluster has such a shard") }
      do throws(ViewRefusal) { view = try view.setting(setting) } catch { throw CallError(.refused, "\(error)") }
    }
    let desired = Placement.desiredOwners(of: view)
    let onTrial = view.shardsOnTrial
    return owners.indices.map { index in
      ShardPlace(
        shard: index, owner: owners[index], desired: desired[index] == View.nobody ? nil : view.members[Int(desired[index])].id.value,
        pin: view.pins[ShardID(index)]?.value, wish: view.wishes[ShardID(index)]?.value,
        isOnTrial: onTrial?[index])
    }
  }
}
