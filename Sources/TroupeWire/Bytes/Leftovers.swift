// What a reader has stepped over because a newer version wrote it. Nothing of it is lost as long as somebody who writes the value again knows
// that it was there: the runtime does so for states and events of entities.

/// Bytes behind the fields that this version knows.
public struct Leftovers: Sendable, Equatable {
  /// At the end of the body that was left last, where that stood in no other body; 0 when it held nothing unknown.
  public internal(set) var outermost = 0
  /// Whether a body within another one held some.
  public internal(set) var isNested = false

  @inlinable public init() {}

  mutating func note(_ count: Int, depth: Int) {
    if depth == 1 { outermost = count } else { isNested = true }
  }
}

extension Reader {
  /// A value, and what a newer version has appended to its body: for somebody who keeps it and writes it back with
  /// `Writer.write(_:carrying:)`. `isWhole` is false when unknown bytes stand deeper within, where nobody can carry them.
  public mutating func readKeeping<T: Wire>(_: T.Type) throws(WireError) -> (value: T, rest: [UInt8], isWhole: Bool) {
    leftovers = Leftovers()
    let value = try T(from: &self)
    let count = min(leftovers.outermost, offset)
    let rest = source.extracting(unchecked: offset &- count..<offset).withUnsafeBytes { [UInt8]($0) }  // in bounds by the line above
    return (value, rest, !leftovers.isNested)
  }
}

extension Writer {
  /// A value that is a body, with `rest` at the end of that body.
  public mutating func write(_ value: some Wire, carrying rest: [UInt8]) {
    guard !rest.isEmpty else { return write(value) }
    let bytes = value.wireBytes
    var reader = Reader(bytes.span.bytes)
    // A value that is no body has nothing appended to it, and is written as it is.
    guard let count = try? reader.length(), count == reader.remaining else { return write(value) }
    let start = reader.offset
    body {
      $0.append(Array(bytes[start...]))
      $0.append(rest)
    }
  }
}
