// The numbers that order a shard's log. Types of their own, so that none is taken for another.

/// A place in a shard's log: the number of records before it. The first record stands at 0.
public struct Offset: Hashable, Sendable, Strideable {
  public let value: UInt64
  @inlinable public init(_ value: UInt64) { self.value = value }
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
  @inlinable public func distance(to other: Self) -> Int { Int(Int64(bitPattern: other.value &- value)) }
  @inlinable public func advanced(by count: Int) -> Self { Offset(value &+ UInt64(bitPattern: Int64(count))) }
}

extension Offset: CustomStringConvertible {
  public var description: String { String(value) }
}

/// Rises each time somebody takes a shard's log over; only who holds the highest writes. 0: nobody ever did.
public struct Fence: Hashable, Comparable, Sendable {
  public let value: UInt64
  @inlinable public init(_ value: UInt64) { self.value = value }
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
  public var next: Fence { Fence(value + 1) }
}

extension Fence: CustomStringConvertible {
  public var description: String { String(value) }
}

/// One life of one node, as the log knows it; two lives never share one.
public struct WriterID: Hashable, Sendable {
  public let value: UInt64
  @inlinable public init(_ value: UInt64) { self.value = value }
}

extension WriterID: CustomStringConvertible {
  public var description: String { String(value, radix: 16) }
}
