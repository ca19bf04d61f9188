// Byte arrays that are too large to be copied on an event loop: megabytes take milliseconds, most of them for new pages. A writer leaves
// such an array where it is, and a reader hands it out as it came.

/// One byte array of a message that stands apart from the rest: what a `Writer` did not copy, or what a `Reader` need not.
public final class LargeBytes {
  /// Smaller arrays are copied: that takes microseconds.
  public static let worth = 64 << 10

  public private(set) var bytes: [UInt8]
  /// Where they belong among the writer's own bytes.
  public private(set) var position = 0
  /// Whether a reader has handed them out.
  public private(set) var isTaken = false

  public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  public var isEmpty: Bool { bytes.isEmpty }

  /// Takes the bytes out.
  public func take() -> [UInt8] {
    isTaken = true
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
  }

  func put(_ bytes: [UInt8], at position: Int) {
    self.bytes = bytes
    self.position = position
  }
}

extension Writer {
  /// An overload for what generated code writes field by field: see `sparing`.
  @inlinable public mutating func write(_ value: [UInt8]) {
    if value.count > LargeBytes.worth, let apart, leave(value, in: apart) { return }
    value.write(to: &self)
  }

  /// Runs `write` so that the first byte array of more than `LargeBytes.worth` bytes that it writes as a value of its own, not within
  /// another, stays apart in `large`, with its length written; `large.position` says where it belongs.
  @inline(__always)
  public mutating func sparing(_ large: LargeBytes, _ write: (inout Writer) -> Void) {
    apart = Unmanaged.passUnretained(large)  // the caller holds it until we return
    write(&self)
    apart = nil
  }

  @usableFromInline mutating func leave(_ value: [UInt8], in apart: Unmanaged<LargeBytes>) -> Bool {
    let large = apart.takeUnretainedValue()
    guard large.isEmpty else { return false }
    varint(UInt64(value.count))
    large.put(value, at: count)
    return true
  }
}

extension Reader {
  /// Reads `bytes` and behind them, as the last value, a byte array whose length was left out. The caller keeps `large` until the
  /// reader's end.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, large: LargeBytes) {
    self.init(bytes)
    apart = Unmanaged.passUnretained(large)
  }

  /// The bytes that stand apart, when they are next.
  @inlinable mutating func takeLarge() -> [UInt8]? {
    guard offset == end, depth == 0, let large = apart else { return nil }
    apart = nil
    return large.takeUnretainedValue().take()
  }
}
