// How much a reader lets bytes from outside cost. Limits of this implementation, not of the format.

/// Bounds that hold for every `Reader`.
public enum WireLimits {
  /// Bodies inside bodies. Each level costs stack, and a thread of an event loop has 512 KiB at the least; values that people
  /// design stay under ten.
  public static let maximumDepth = 64

  /// Memory in bytes that the elements of collections may take whatever the size of the message: room for a small message
  /// with many sparse elements, whose fields nearly all have their defaults.
  public static let freeElementMemory = 16 << 20

  /// Memory in bytes that they may take for each byte of the message, beyond the free part. Sixteen is an array of optional
  /// integers that are all nil; without a bound, 16 MiB of zeros could become gigabytes of empty structs.
  public static let elementMemoryPerByte = 16
}
