// The one protocol of this module: what can travel between nodes and stand in the log. Users write `@Wire` and get all of it;
// the types of the standard library conform under `Values`. Every byte is specified in `protocols/wire-values.md`.

/// A value with a fixed form as bytes.
///
/// `@Wire` on a struct or an enum writes the conformance. Fields stand in the order of their declaration inside a
/// length-prefixed body, so a type evolves by *appending* fields that are optional or have a default: an older reader skips what
/// it does not know, a newer one takes the default for what is missing. Enums evolve by appending cases at the end.
///
/// Equal bytes mean equal values, and equal values of one version have equal bytes: dictionaries and sets are written in the
/// order of their encoded keys. (A type that compares more loosely than its fields, such as `String`, decides equality itself.)
public protocol Wire: Sendable {
  /// Takes one value off the front of `reader`. After a throw the reader's position means nothing; throw it away.
  init(from reader: inout Reader) throws(WireError)
  /// Appends this value. At least one byte, unless the type never stands in an array (see `Nothing`).
  func write(to writer: inout Writer)
  /// What the type is, for contracts; named types enter themselves in `types`.
  static func describe(in types: inout TypeTable) -> WireType

  /// How an array of this type is read. A door for bytes that need not be copied.
  static func readArray(from reader: inout Reader) throws(WireError) -> [Self]
  /// How its elements are read once their count is known and paid for. A door for types that can be copied as a block.
  static func readElements(_ count: Int, from reader: inout Reader) throws(WireError) -> [Self]
  /// How the elements of an array are written after its count.
  static func writeElements(_ elements: [Self], to writer: inout Writer)
  /// What an array of this type is called in contracts.
  static func describeArray(in types: inout TypeTable) -> WireType
}

extension Wire {
  @inlinable public static func readArray(from reader: inout Reader) throws(WireError) -> [Self] {
    try readElements(try reader.count(stride: MemoryLayout<Self>.stride), from: &reader)
  }

  @inlinable public static func readElements(_ count: Int, from reader: inout Reader) throws(WireError) -> [Self] {
    var elements: [Self] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try Self(from: &reader)) }
    return elements
  }

  @inlinable public static func writeElements(_ elements: [Self], to writer: inout Writer) {
    for element in elements { element.write(to: &writer) }
  }

  public static func describeArray(in types: inout TypeTable) -> WireType { .array(describe(in: &types)) }
}

extension Wire {
  /// This value alone, as bytes.
  @inlinable public var wireBytes: [UInt8] {
    var writer = Writer()
    write(to: &writer)
    return writer.bytes
  }

  /// The value that `bytes` begin with; what stands behind it is ignored, as a newer writer may have appended it.
  @inlinable public init(wireBytes bytes: [UInt8]) throws(WireError) {
    var reader = Reader(bytes.span.bytes)
    try self.init(from: &reader)
  }
}
