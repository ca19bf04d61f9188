// The files of one shard, as a folder lists them.

import TroupeCluster
import TroupeJournal

struct ShardFolder {
  let shard: ShardID
  let path: String
  /// In order of their first records. They may overlap: what was kept before a crash comes again, cut otherwise.
  private(set) var spans: [ArchiveSpan]

  static func name(of shard: ShardID) -> String {
    let digits = String(shard.value)
    return "shard-" + String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
  }

  /// Nil for a folder that is none of ours.
  static func shard(named name: String) -> ShardID? {
    guard name.hasPrefix("shard-"), let number = UInt16(name.dropFirst("shard-".utf8.count)) else { return nil }
    let shard = ShardID(number)
    return Self.name(of: shard) == name ? shard : nil
  }

  init(_ shard: ShardID, in archive: String) throws(StoreError) {
    self.shard = shard
    path = archive + "/" + Self.name(of: shard)
    spans = try DiskFile.list(path).compactMap { ArchiveSpan(fileName: $0) }.sorted()
  }

  mutating func add(_ span: ArchiveSpan) {
    guard !spans.contains(span) else { return }
    spans.insert(span, at: spans.firstIndex { $0 > span } ?? spans.count)
  }

  /// The one that has a record, and of several the one that goes on longest.
  func span(with offset: Offset) -> ArchiveSpan? {
    spans.filter { $0.first <= offset && offset < $0.end }.max { $0.end < $1.end }
  }

  /// Without gap, up to the newest record.
  var reach: Range<Offset>? {
    guard let end = spans.map(\.end).max() else { return nil }
    var start = end
    for span in spans.reversed() where span.end >= start { start = min(start, span.first) }
    return start..<end
  }

  func read(_ span: ArchiveSpan) throws(StoreError) -> [StoredRecord] {
    let file = path + "/" + span.fileName
    guard let bytes = try DiskFile.read(file) else { throw .corrupt("\(file) is gone") }
    return try ArchiveFile.decode(bytes, of: shard, span, at: file)
  }
}
