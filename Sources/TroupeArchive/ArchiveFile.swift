// One file of an archive: consecutive records of one shard, written once and never changed. `protocols/archive.md` has it to the byte.

import TroupeCluster
import TroupeJournal
import TroupeWire

/// Which records a file has; its name says so.
struct ArchiveSpan: Hashable, Comparable {
  let first: Offset
  let end: Offset

  static func < (left: Self, right: Self) -> Bool { (left.first, left.end) < (right.first, right.end) }

  static let suffix = ".records"
  private static let digits = 20

  var fileName: String { "\(Self.padded(first))-\(Self.padded(end))\(Self.suffix)" }

  init(first: Offset, end: Offset) { (self.first, self.end) = (first, end) }

  /// Nil for a file that is none of ours.
  init?(fileName: String) {
    guard fileName.hasSuffix(Self.suffix) else { return nil }
    let parts = fileName.dropLast(Self.suffix.utf8.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = UInt64(parts[0]), let end = UInt64(parts[1]), first < end else { return nil }
    self.init(first: Offset(first), end: Offset(end))
    guard self.fileName == fileName else { return nil }
  }

  private static func padded(_ offset: Offset) -> String {
    let text = String(offset.value)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

enum ArchiveFile {
  static func encode(_ records: [StoredRecord], of shard: ShardID) -> [UInt8] {
    let span = ArchiveSpan(first: records[0].offset, end: records[records.count - 1].offset.advanced(by: 1))
    let batch = AppendBatch(
      shard: shard, fence: Fence(0), writer: WriterID(0), batch: 0, from: span.first,
      records: records.map { Record(kind: $0.kind, entity: $0.entity, turn: $0.turn) })
    var body = Writer()
    batch.encodeRecords(into: &body)
    let bytes = body.bytes
    let header = Header(shard: UInt32(shard.value), count: UInt32(records.count), first: span.first.value, length: UInt64(bytes.count))
    var file = Writer(capacity: Header.size + bytes.count)
    header.write(to: &file, checksum: header.checksum(with: bytes.span.bytes))
    file.append(bytes)
    return file.bytes
  }

  /// Throws `.corrupt`, naming the file, unless it is what was written under this name.
  static func decode(_ bytes: [UInt8], of shard: ShardID, _ span: ArchiveSpan, at path: String) throws(StoreError) -> [StoredRecord] {
    let (header, version, checksum): (Header, UInt32, UInt64)
    do throws(WireError) { (header, version, checksum) = try Header.read(bytes) } catch {
      throw .corrupt("\(path) is no archive of records, or only its beginning")
    }
    guard version == Header.version else {
      throw .newerFormat("\(path) has format \(version), and this version reads \(Header.version)")
    }
    let isNamed =
      header.shard == UInt32(shard.value) && header.first == span.first.value && Int(header.count) == span.first.distance(to: span.end)
    guard isNamed, bytes.count - Header.size == Int(clamping: header.length) else {
      throw .corrupt("\(path) has not the records that its name says")
    }
    let body = bytes.span.bytes.extracting(last: bytes.count - Header.size)
    guard header.checksum(with: body) == checksum else { throw .corrupt("\(path): its checksum does not match its bytes") }
    var records: [StoredRecord] = []
    records.reserveCapacity(Int(header.count))
    do throws(WireError) {
      try StoredRecord.decode(body, first: span.first, count: Int(header.count), from: span.first) { records.append($0) }
    } catch {
      throw .corrupt("\(path): \(error)")
    }
    return records
  }

  private struct Header {
    /// "TRPA".
    static let magic: UInt32 = 0x4150_5254
    static let version: UInt32 = 1
    static let size = 40

    let shard: UInt32
    let count: UInt32
    let first: UInt64
    let length: UInt64

    func checksum(with body: RawSpan) -> UInt64 {
      Checksum.of(body, seed: Checksum.of(numbers: UInt64(shard), UInt64(count), first, length))
    }

    func write(to file: inout Writer, checksum: UInt64) {
      file.fixed32(Self.magic)
      file.fixed32(Self.version)
      file.fixed32(shard)
      file.fixed32(count)
      file.fixed64(first)
      file.fixed64(length)
      file.fixed64(checksum)
    }

    static func read(_ bytes: [UInt8]) throws(WireError) -> (Header, version: UInt32, checksum: UInt64) {
      var reader = Reader(bytes.span.bytes)
      guard try reader.fixed32() == magic else { throw .truncated }
      let version = try reader.fixed32()
      let header = Header(
        shard: try reader.fixed32(), count: try reader.fixed32(), first: try reader.fixed64(), length: try reader.fixed64())
      return (header, version, try reader.fixed64())
    }
  }
}
