// How a view stands in the register and travels. What does not hold together is refused here, so that the rest of the
// program can trust every view that it meets.
public import TroupeWire

extension View: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let outer = try reader.enter()
    cluster = try reader.read(required: "View.cluster")
    epoch = try reader.read(required: "View.epoch")
    placement = try reader.read(required: "View.placement")
    members = try reader.read(required: "View.members")
    owners = try reader.read(required: "View.owners")
    transfers = try reader.read(required: "View.transfers")
    burials = try reader.read(required: "View.burials")
    pins = try reader.read(required: "View.pins")
    wishes = try reader.read(or: [:])
    trial = try reader.read(or: nil)
    reader.leave(outer)
    if let fault { throw .invalid("View: \(fault)") }
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(cluster)
      $0.write(epoch)
      $0.write(placement)
      $0.write(members)
      $0.write(owners)
      $0.write(transfers)
      $0.write(burials)
      $0.write(pins)
      // Absent when there are none: then the bytes are those that versions write which do not know these fields.
      if !wishes.isEmpty || trial != nil { $0.write(wishes) }
      if trial != nil { $0.write(trial) }
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("View", of: View.self) {
      [
        $0.field("cluster", String.self), $0.field("epoch", Epoch.self), $0.field("placement", String.self),
        $0.field("members", [Member].self), $0.field("owners", [UInt16].self),
        $0.field("transfers", [ShardID: TransferID].self), $0.field("burials", [IncarnationName].self),
        $0.field("pins", [ShardID: NodeID].self), $0.field("wishes", [ShardID: NodeID].self, default: [:]),
        $0.field("trial", Trial?.self, default: nil),
      ]
    }
  }

  /// Why this is no view, or nil.
  var fault: String? {
    if owners.isEmpty || owners.count > Self.shardLimit { return "\(owners.count) shards" }
    if members.count >= Int(Self.nobody) { return "\(members.count) members" }
    if zip(members, members.dropFirst()).contains(where: { $0.id >= $1.id }) { return "members out of order" }
    if members.contains(where: { $0.addresses.isEmpty }) { return "a member without an address" }
    if owners.contains(where: { $0 != Self.nobody && Int($0) >= members.count }) { return "an owner that is no member" }
    if transfers.keys.contains(where: { $0.index >= owners.count }) { return "a transfer of no shard" }
    if pins.keys.contains(where: { $0.index >= owners.count }) { return "a pin of no shard" }
    if wishes.keys.contains(where: { $0.index >= owners.count }) { return "a wish for no shard" }
    if let trial, !trial.isPossible { return "a trial of \(trial.percent) %" }
    return nil
  }
}
