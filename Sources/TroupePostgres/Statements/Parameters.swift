// A statement's parameters in PostgreSQL's binary format, in one buffer: big-endian numbers, bytes as they are, arrays with a head
// of their own (https://www.postgresql.org/docs/15/protocol.html; `array_send` in the server's sources).

struct Parameters: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each parameter ends, -1 for NULL.
  private(set) var ends: [Int] = []

  var count: Int { ends.count }

  mutating func int4(_ value: Int) {
    append(UInt32(truncatingIfNeeded: value))
    ends.append(bytes.count)
  }

  mutating func int8(_ value: UInt64) {
    append(value)
    ends.append(bytes.count)
  }

  mutating func int8(_ value: Int64) { int8(UInt64(bitPattern: value)) }

  mutating func bytea(_ value: RawSpan) {
    value.withUnsafeBytes { bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
  }

  mutating func bytea(_ value: String) {
    bytes.append(contentsOf: value.utf8)
    ends.append(bytes.count)
  }

  /// The same bytes: text is sent as it is.
  mutating func text(_ value: String) { bytea(value) }

  // MARK: Arrays

  private static let int2 = UInt32(21)
  private static let int4 = UInt32(23)
  private static let int8 = UInt32(20)
  private static let bytea = UInt32(17)

  mutating func int2s(_ values: some Collection<Int>) {
    head(Self.int2, values.count)
    for value in values {
      append(UInt32(2))
      append(UInt16(truncatingIfNeeded: value))
    }
    ends.append(bytes.count)
  }

  mutating func int4s(_ values: some Collection<Int>) {
    head(Self.int4, values.count)
    for value in values {
      append(UInt32(4))
      append(UInt32(truncatingIfNeeded: value))
    }
    ends.append(bytes.count)
  }

  mutating func int8s(_ values: some Collection<UInt64>) {
    head(Self.int8, values.count)
    for value in values {
      append(UInt32(8))
      append(value)
    }
    ends.append(bytes.count)
  }

  /// With NULL for nil.
  mutating func int8s(optional values: some Collection<Int64?>) {
    head(Self.int8, values.count, hasNull: true)
    for value in values {
      append(value == nil ? UInt32.max : 8)
      if let value { append(UInt64(bitPattern: value)) }
    }
    ends.append(bytes.count)
  }

  mutating func byteas(_ values: some Collection<[UInt8]>) {
    head(Self.bytea, values.count)
    for value in values {
      append(UInt32(value.count))
      bytes.append(contentsOf: value)
    }
    ends.append(bytes.count)
  }

  mutating func byteas(_ values: some Collection<String>) { byteas(values.map { Array($0.utf8) }) }

  private mutating func head(_ type: UInt32, _ count: Int, hasNull: Bool = false) {
    append(UInt32(count == 0 ? 0 : 1))
    append(UInt32(hasNull ? 1 : 0))
    append(type)
    guard count > 0 else { return }
    append(UInt32(count))
    append(UInt32(1))
  }

  private mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
