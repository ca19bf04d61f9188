// How large frames share a link with small ones. `protocols/wire-frames.md` repeats what a peer must know.

/// Sizes and windows of chunks.
enum ChunkLimits {
  /// A frame longer than this travels in chunks, bytes.
  static let whole = 64 << 10

  /// Bytes of a message in one chunk: what a small frame waits for at most, together with those of `window` that are under way.
  static let chunk = 32 << 10

  /// Bytes of one message that may be under way without a CREDIT: two chunks fill the way, two more hide the way back.
  static let window = 128 << 10

  /// The same for all messages of a link, each way.
  static let linkWindow = 256 << 10

  /// Chunks that leave between two looks at the sockets.
  static let perFlush = 2

  /// Large frames that may wait for their turn, bytes: past it calls are refused, and at twice as much a link ends whose peer does
  /// not read its answers.
  static let pending = 64 << 20

  /// Messages of a link that are under way at once, each way; the others wait. Bounds what the receiver puts together: with
  /// `TransportLimits.frame` 64 MiB a link.
  static let active = 4

  /// Of those, what may be bulk: others find a place.
  static let activeBulk = 2
}
