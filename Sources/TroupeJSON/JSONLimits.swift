// How much JSON is read at all. Outside bytes decide nothing about our memory or our stack.

public struct JSONLimits: Hashable, Sendable {
  /// Bytes of the whole text. 1 MiB: what the gateway takes as a body.
  public var bytes: Int
  /// Lists and objects inside each other. 64: the same as for wire values; deeper than any contract, shallow for any stack.
  public var depth: Int

  /// Characters of one number. The longest that means something, a `Double` written out in full, has under 350.
  public static let numberLength = 400

  public init(bytes: Int = 1 << 20, depth: Int = 64) {
    self.bytes = bytes
    self.depth = depth
  }
}
