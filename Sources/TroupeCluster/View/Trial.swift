// A share of the shards that belongs to nodes of one version of their program, while a new one is tried. An operator's word, kept in the view.
public import TroupeWire

/// How much of the cluster runs on a version.
public struct Trial: Hashable, Sendable {
  /// As the members of that version give it.
  public let version: String
  /// Of all shards, in hundredths, rounded up. At 0 those members own only what is pinned to them.
  public let percent: Int

  public init(version: String, percent: Int) {
    self.version = version
    self.percent = percent
  }

  /// Bytes of a version's name.
  public static let versionLimit = 128

  /// Whether a cluster can be told this.
  var isPossible: Bool { (0...100).contains(percent) && !version.isEmpty && version.utf8.count <= Self.versionLimit }

  public func share(of shards: Int) -> Int { (shards * percent + 99) / 100 }

  /// By shard, whether it is on trial. Which ones is a hash of version and shard: whoever widens a trial adds to it, and the next version begins
  /// with others.
  func shards(of count: Int) -> [Bool] {
    let version = entityHash(kindID: 0, id: version)
    let order = (0..<count).map { (Score.of(shard: $0, member: version), $0) }.sorted { $0 < $1 }
    var chosen = Array(repeating: false, count: count)
    for (_, shard) in order.prefix(share(of: count)) { chosen[shard] = true }
    return chosen
  }
}

extension View {
  /// The trial, when there is somebody on both sides: members of its version and of another one that may own shards. Without the ones nobody could
  /// have its share, without the others nobody the rest, and placement is as if there were none.
  public var dividingTrial: Trial? {
    guard let trial else { return nil }
    let active = members.filter { $0.state == .active }
    let able = active.isEmpty ? members : active
    let heavy = able.contains { $0.weight > 0 } ? able.filter { $0.weight > 0 } : able
    let onTrial = heavy.count { $0.version == trial.version }
    return onTrial > 0 && onTrial < heavy.count ? trial : nil
  }

  /// By shard, whether it belongs to the trial's version; nil while no trial divides the shards.
  public var shardsOnTrial: [Bool]? { dividingTrial?.shards(of: shardCount) }
}

extension Trial: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let outer = try reader.enter()
    version = try reader.read(required: "Trial.version")
    percent = try reader.read(required: "Trial.percent")
    reader.leave(outer)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(version)
      $0.write(percent)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("Trial", of: Trial.self) { [$0.field("version", String.self), $0.field("percent", Int.self)] }
  }
}
