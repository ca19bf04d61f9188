// The last changes of the view that a node has seen, in words, for operators. Shards that move a few at a time are one change and not a
// hundred: otherwise they would push everything else out. Pure: what time it is its caller says.

/// What changed in the register, as one node saw it.
public struct ViewHistory: Sendable {
  /// One change, or several in which only shards moved.
  public struct Entry: Hashable, Sendable {
    /// What was seen before, and what was seen last; there may be epochs between them that nobody read.
    public let since: Epoch
    public internal(set) var epoch: Epoch
    /// When the first of it was seen, and the last; in milliseconds since 1970, by the node's clock.
    public let began: Int64
    public internal(set) var ended: Int64
    /// Sentences without a full stop.
    public internal(set) var words: [String]
  }

  /// Changes that are remembered.
  public static let limit = 64
  /// Shards that move after a pause of more milliseconds than this are a change of their own.
  static let pause: Int64 = 5_000

  /// The oldest first.
  public private(set) var entries: [Entry] = []
  private var view: View?
  /// The view before the last entry, when that tells of nothing but moves.
  private var beforeMoves: View?

  public init() {}

  /// A view was adopted.
  public mutating func saw(_ next: View, at milliseconds: Int64) {
    defer { view = next }
    let isMove = view.map { next.hasOnlyMoved(since: $0) } ?? false
    if isMove, let before = beforeMoves, let last = entries.indices.last, milliseconds - entries[last].ended <= Self.pause {
      entries[last].epoch = next.epoch
      entries[last].ended = max(entries[last].ended, milliseconds)
      entries[last].words = next.news(since: before)
      return
    }
    beforeMoves = isMove ? view : nil
    entries.append(
      Entry(since: view?.epoch ?? .none, epoch: next.epoch, began: milliseconds, ended: milliseconds, words: next.news(since: view)))
    if entries.count > Self.limit { entries.removeFirst() }
  }
}
