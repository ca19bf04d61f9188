// Bodies: length-prefixed parts that may hold more than this version knows (skipped) or less (defaults).

extension Reader {
  /// What to give back to `leave`: where the outer body ends.
  public struct OuterEnd: Sendable {
    @usableFromInline let end: Int
    @inlinable init(_ end: Int) { self.end = end }
  }

  /// Steps into a body: until `leave`, `isAtEnd` means the end of this body. Generated code reads its fields between the two.
  @inlinable public mutating func enter() throws(WireError) -> OuterEnd {
    let count = try length()
    guard depth < WireLimits.maximumDepth else { throw .tooDeep }
    depth &+= 1
    let outer = OuterEnd(end)
    end = offset &+ count
    return outer
  }

  /// Steps out, over whatever a newer writer appended.
  @inlinable public mutating func leave(_ outer: OuterEnd) {
    if offset != end { skipLeftovers() }
    end = outer.end
    depth &-= 1
  }

  @usableFromInline mutating func skipLeftovers() {
    leftovers.note(end &- offset, depth: depth)
    offset = end
  }

  /// A body as a reader of its own; this reader stands behind it at once.
  @_lifetime(copy self)
  @inlinable public mutating func body() throws(WireError) -> Reader {
    let count = try length()
    guard depth < WireLimits.maximumDepth else { throw .tooDeep }
    let (depth, budget) = (depth &+ 1, budget)
    return Reader(try bytes(count), depth: depth, budget: budget)
  }

  /// The length of what follows, which is really there.
  @inlinable public mutating func length() throws(WireError) -> Int {
    let count = try varint()
    guard count <= UInt64(end &- offset) else { throw .truncated }
    return Int(truncatingIfNeeded: count)
  }

  /// The count of a collection whose elements take `stride` bytes of memory each and at least one byte of what is left.
  /// Thrown before any memory is taken for them.
  @inlinable public mutating func count(stride: Int) throws(WireError) -> Int {
    let count = try varint()
    guard count <= UInt64(end &- offset) else { throw .tooManyElements(count) }
    let (memory, overflow) = Int(truncatingIfNeeded: count).multipliedReportingOverflow(by: stride)
    guard !overflow, memory <= budget else { throw .tooManyElements(count) }
    budget &-= memory
    return Int(truncatingIfNeeded: count)
  }
}
