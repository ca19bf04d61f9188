// Bytes that may be too many for one item: inside the item that names them, or in parts of their own that are written before it.
import TroupeCluster
import TroupeJournal

enum Bulk: Hashable, Sendable {
  case inside([UInt8])
  /// At `prefix` + 0, 1, …
  case parts(prefix: String, count: Int)

  /// Bytes of one item: DynamoDB takes 400 KB with names and keys.
  static let itemBytes = 350 << 10

  init(_ bytes: [UInt8], prefix: @autoclosure () -> String) {
    self = bytes.count <= Self.itemBytes ? .inside(bytes) : .parts(prefix: prefix(), count: (bytes.count - 1) / Self.itemBytes + 1)
  }

  var attributes: [String: Attribute] {
    switch self {
    case .inside(let bytes): ["body": .bytes(bytes)]
    case .parts(let prefix, let count): ["parts": .text(prefix), "pieces": .number(count)]
    }
  }

  init?(_ item: Item) {
    if let bytes = item.bytes("body") {
      self = .inside(bytes)
    } else if let prefix = item.text("parts"), let count: Int = item.number("pieces"), (1...Self.pieceLimit).contains(count) {
      self = .parts(prefix: prefix, count: count)
    } else {
      return nil
    }
  }

  /// More pieces than the largest batch has: a damaged count makes nobody ask for a million.
  private static let pieceLimit = 1_024

  /// The parts' items, when there are some.
  func items(of bytes: [UInt8], in shard: ShardID) -> [Item] {
    guard case .parts(let prefix, let count) = self else { return [] }
    return (0..<count).map { index in
      let piece = bytes[index * Self.itemBytes..<min(bytes.count, (index + 1) * Self.itemBytes)]
      return Item(.part(shard, prefix, index), ["body": .bytes(Array(piece))])
    }
  }
}
