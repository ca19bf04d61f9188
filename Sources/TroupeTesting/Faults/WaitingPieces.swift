// What is under way in a faulty stream, in order.
import TroupeNet

/// A queue of pieces that knows how many bytes it holds.
struct WaitingPieces: Sendable {
  enum Content: Sendable {
    case bytes(ArraySlice<UInt8>, isIntact: Bool)
    case end
    case reset
  }

  struct Piece: Sendable {
    var content: Content
    let due: Instant
  }

  private var pieces: [Piece] = []
  private var head = 0
  private(set) var byteCount = 0

  /// Places at the front that are given back together.
  private static let slack = 64

  var first: Piece? { head < pieces.count ? pieces[head] : nil }

  mutating func append(_ content: Content, due: Instant) {
    pieces.append(Piece(content: content, due: due))
    if case .bytes(let bytes, _) = content { byteCount += bytes.count }
  }

  mutating func removeFirst() {
    if case .bytes(let bytes, _) = pieces[head].content { byteCount -= bytes.count }
    pieces[head].content = .end  // lets go of the bytes
    head += 1
    if head >= Self.slack, head * 2 >= pieces.count {
      pieces.removeFirst(head)
      head = 0
    }
  }

  /// The first bytes, at most `limit`, when the first piece has any.
  mutating func takeBytes(_ limit: Int) -> (bytes: ArraySlice<UInt8>, isIntact: Bool)? {
    guard case .bytes(let bytes, let isIntact) = first?.content else { return nil }
    guard bytes.count > limit else {
      removeFirst()
      return (bytes, isIntact)
    }
    pieces[head].content = .bytes(bytes.dropFirst(limit), isIntact: isIntact)
    byteCount -= limit
    return (bytes.prefix(limit), isIntact)
  }

  mutating func removeAll() {
    pieces = []
    head = 0
    byteCount = 0
  }
}
