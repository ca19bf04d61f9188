// Whether it is worth trying to make the next frame smaller. Pure: what trying has brought goes in.
//
// Pictures and encrypted bytes do not become smaller. After tries that brought nothing, frames leave as they are for a while, which
// doubles each time, and then one is tried again.

struct CompressionGuard {
  /// Smaller frames are left alone: a head and a few numbers.
  static let smallest = 1 << 10
  /// What must be saved for a frame to leave compressed: an eighth.
  static func limit(for bytes: Int) -> Int { bytes - bytes / 8 }
  static let longestPause = 256

  private var pause = 0
  private var skips = 0

  mutating func wantsTry() -> Bool {
    guard skips > 0 else { return true }
    skips -= 1
    return false
  }

  mutating func tried(hasPaid: Bool) {
    pause = hasPaid ? 0 : min(Self.longestPause, max(1, pause * 2))
    skips = pause
  }
}
