// What may be done to the bytes that go one way. A value without behaviour: `FaultyStream` carries it out, for the fault proxy and for
// the simulated network alike.

/// The faults of one direction of a connection. Without any, bytes pass as they are.
///
/// ```swift
/// var faults = StreamFaults()
/// faults.delay = .milliseconds(75)
/// faults.jitter = .milliseconds(50)  // 25 to 125 ms
/// ```
/// Bytes never overtake each other, whatever is set. A *chunk* is what one read of the socket brought (in a simulation: one `send`). What is
/// hit follows from the seed, the number of the connection and the position in its stream: bits flip at the same places in every run.
public struct StreamFaults: Hashable, Sendable {
  /// So many bytes at a time, so far apart.
  public struct Drip: Hashable, Sendable {
    /// At least 1.
    public var bytes: Int
    public var every: Duration

    public init(bytes: Int, every: Duration) {
      self.bytes = bytes
      self.every = every
    }
  }

  /// How long each chunk is under way. At most `FaultyStream.waitingLimit` bytes are under way at a time, so 500 ms also mean 2 MiB/s.
  public var delay: Duration = .zero
  /// A chunk takes up to so much less or more than `delay`, never less than nothing.
  public var jitter: Duration = .zero
  /// Bytes a second, at least 1. Nil: as fast as they come.
  public var rate: Int?
  /// Nil: not in drips. With `rate`, the slower of both.
  public var drip: Drip?
  /// Nothing passes and nothing is lost: what is under way arrives when this is false again. A cut cable that is mended before anybody gives up.
  public var isHeld = false
  /// Bytes, ends and resets vanish, also those under way; senders notice nothing, and the connection is half open. A connection that has lost
  /// something cannot go on: it is reset when this is false again, as a machine that comes back does.
  public var isBlackHole = false
  /// The probability that a chunk is sent twice, 0...1.
  public var duplicate = 0.0
  /// The probability that a byte has one bit flipped, 0...1.
  public var flip = 0.0
  /// Flips one bit of the byte behind so many more. Once; counted for each connection from when this was set, or from its beginning.
  public var flipAfter: Int?
  /// Ends this direction (FIN) behind so many more bytes; the other direction stays. What is sent after that vanishes.
  public var halfCloseAfter: Int?
  /// Resets the connection (RST to both sides) behind so many more bytes.
  public var resetAfter: Int?

  public init() {}

  /// No fault at all.
  public static let none = StreamFaults()

  /// Traps when a value makes no sense; whoever reads values from outside checks them first.
  func check() {
    precondition(delay >= .zero && jitter >= .zero, "a delay of \(delay) and a jitter of \(jitter) would change the past")
    precondition(rate.map { $0 >= 1 } ?? true, "a rate of \(rate ?? 0) bytes a second; isHeld stops everything")
    precondition(drip.map { $0.bytes >= 1 && $0.every >= .zero } ?? true, "a drip needs bytes and a time: \(String(describing: drip))")
    precondition((0...1).contains(duplicate) && (0...1).contains(flip), "probabilities are 0...1, not \(duplicate) and \(flip)")
    for count in [flipAfter, halfCloseAfter, resetAfter] { precondition(count ?? 0 >= 0, "\(count ?? 0) bytes have passed long ago") }
  }
}
