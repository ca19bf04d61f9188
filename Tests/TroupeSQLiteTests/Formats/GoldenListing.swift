// Everything that a store holds, as lines of text that people can read and compare.
import TroupeCluster
import TroupeJournal

enum GoldenListing {
  static func text(of store: some Store, shards: [ShardID]) async throws -> String {
    var lines = try await register(of: store)
    for shard in shards { lines += try await self.shard(shard, of: store) }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func register(of store: some Store) async throws -> [String] {
    guard let view = try await store.readRegister() else { return ["no register"] }
    var lines = ["cluster \(view.cluster) epoch \(view.epoch) placement \(view.placement)"]
    for one in view.members {
      let addresses = one.addresses.joined(separator: ",")
      lines.append("member \(one.name) at \(addresses) zone \(one.zone) weight \(one.weight) version \(one.version) \(one.state)")
    }
    lines.append("owners \(view.owners.map(String.init).joined(separator: " "))")
    // A stranger's beat changes nothing, and is answered with everybody's.
    if case .refusedNotListed(_, let beats) = try await store.beat(Beat(node: "stranger", incarnation: 1, counter: 1)) {
      lines += beats.map { "beat \(IncarnationName($0.node, $0.incarnation)) \($0.counter)" }
    }
    return lines
  }

  private static func shard(_ shard: ShardID, of store: some Store) async throws -> [String] {
    guard let image = try await store.exportShard(shard) else { return ["shard \(shard) unknown"] }
    let head = image.head
    var lines = [
      "shard \(shard) fence \(head.fence) owner \(head.owner) end \(head.end) floor \(head.floor) kept \(head.kept) "
        + "last batch \(head.lastBatch) of \(head.lastWriter) from \(head.lastFrom)"
    ]
    lines += image.records.map(record)
    // Forward too: that is another way through the rows.
    let page = try await store.readPage(shard, from: head.kept, limit: 1_000)
    lines.append("read forward \(page == image.records ? "the same" : "\(page.map(record))")")
    for one in image.snapshots {
      let kind = one.isTombstone ? "tombstone" : "snapshot"
      lines.append("\(kind) \(one.kind) \(one.entity) at \(one.offset) state \(hex(one.state ?? []))")
    }
    for kind: UInt32 in [1, 2] {
      lines.append("entities of kind \(kind) \(try await store.listEntities(shard, kind: kind, after: nil, limit: 100))")
    }
    lines += try await store.readWakes(shard, after: nil, before: .max, count: 100).map { "wake \($0.kind) \($0.entity) at \($0.at)" }
    lines += image.consumers.map { "consumer \($0.group) generation \($0.generation) at \($0.offset)" }
    return lines
  }

  private static func record(_ one: StoredRecord) -> String {
    let turn = one.turn
    return "record \(one.offset) \(one.kind) \(one.entity) call \(turn.call.caller)/\(turn.call.sequence) method \(turn.method) "
      + "arguments \(turn.argumentsHash) status \(turn.status) reply \(hex(turn.reply)) events \(turn.events.map(hex)) "
      + "time \(turn.wallTime)\(turn.isDelete ? " delete" : "")"
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
