// The records of one batch as bytes: what a store keeps in one row. Every store uses this, so a log can be moved between them.
//
// For each record: kind (4 bytes, little-endian), entity (length, UTF-8), payload (length, bytes); lengths are varints.
import TroupeWire

extension AppendBatch {
  /// Appends the records' bytes.
  public func encodeRecords(into writer: inout Writer) {
    for record in records {
      writer.fixed32(record.kind)
      writer.string(record.entity)
      writer.varint(UInt64(record.payload.count))
      writer.append(record.payload.span.bytes)
    }
  }
}

extension StoredRecord {
  /// Reads a batch's records back; `body` is called with each at or behind `floor`. Throws when the bytes are not `count`
  /// whole records.
  public static func decode(
    _ bytes: RawSpan, first: Offset, count: Int, from floor: Offset, _ body: (StoredRecord) -> Void
  ) throws(WireError) {
    var reader = Reader(bytes)
    for index in 0..<count {
      let kind = try reader.fixed32()
      let entity = try reader.string()
      var payload = try reader.body()
      let offset = first.advanced(by: index)
      guard offset >= floor else { continue }
      body(StoredRecord(offset: offset, kind: kind, entity: entity, turn: try payload.read()))
    }
    guard reader.isAtEnd else { throw .truncated }
  }
}
