// Frames that arrive in chunks, put together. Pure. Whatever a peer sends here ends at worst its own link, and takes no more memory
// than a small multiple of what it has sent.
import TroupeNet

struct IncomingMessages {
  private struct Partial {
    let id: UInt32
    let total: Int
    let begun: Instant
    /// What stands before a part that is kept apart; nil when nothing is.
    let head: [UInt8]?
    /// All of it, or the part that is kept apart. Nil when it is unwanted: the rest is counted and dropped.
    var bytes: [UInt8]?
    /// Bytes of the message that stand in neither.
    let left: Int
    var received: Int
    /// What it has taken of its loop's budget.
    let reserved: Int
  }

  /// Room is made for so many times the bytes that have come: a large message is moved once or twice, a lie takes little.
  private static let foresight = 64
  /// The same for what comes compressed: it costs its sender up to 255 times less than it holds.
  private static let foresightUnpacked = 2

  /// Whether what comes now came compressed.
  var isUnpacking = false
  private var partials: [Partial] = []

  /// What all of them have taken of their loop's budget.
  var reserved: Int { partials.reduce(0) { $0 + $1.reserved } }

  /// A part at the message's end that is put together on its own, so that it need not be taken out of the whole with a copy.
  struct Split {
    /// Bytes before it that are kept.
    let head: Int
    /// Where it begins; what stands between is its length, which it has itself.
    let body: Int
  }

  /// A message begins with `bytes` of `total`.
  ///
  /// - Parameters:
  ///   - isWanted: false drops it as it comes.
  ///   - reserved: what it has taken of the budget; told again when it is over.
  mutating func begin(
    _ id: UInt32, total: Int, _ bytes: RawSpan, isWanted: Bool, split: Split? = nil, reserved: Int, now: Instant
  ) throws(FrameError) {
    guard total > ChunkLimits.chunk, total <= TransportLimits.frame else { throw .badLength(UInt32(total), limit: TransportLimits.frame) }
    guard partials.count < ChunkLimits.active, !partials.contains(where: { $0.id == id }) else { throw .badMessage(id) }
    // A chunk completes only what has begun; a frame that fits in one chunk has no reason to come in pieces.
    guard bytes.byteCount > 0, bytes.byteCount <= ChunkLimits.chunk else { throw .badMessage(id) }
    let body = split?.body ?? 0
    let kept = isWanted ? bytes.extracting(body..<bytes.byteCount).withUnsafeBytes { [UInt8]($0) } : nil
    let head = split.map { bytes.extracting(0..<$0.head).withUnsafeBytes { [UInt8]($0) } }
    partials.append(
      Partial(
        id: id, total: total, begun: now, head: head, bytes: kept, left: body, received: bytes.byteCount, reserved: reserved))
  }

  enum Step: Equatable {
    case more
    /// All of it is here: a frame with its type byte, without the part that was kept apart; and since when it was coming.
    case whole([UInt8], apart: [UInt8]?, begun: Instant, reserved: Int)
    /// All of it is here, and nobody wanted it.
    case dropped
  }

  mutating func append(_ id: UInt32, _ bytes: RawSpan) throws(FrameError) -> Step {
    guard let index = partials.firstIndex(where: { $0.id == id }) else { throw .badMessage(id) }
    let received = partials[index].received + bytes.byteCount
    guard bytes.byteCount > 0, bytes.byteCount <= ChunkLimits.chunk, received <= partials[index].total else { throw .badMessage(id) }
    partials[index].received = received
    keep(bytes, at: index)
    guard received == partials[index].total else { return .more }
    let done = partials.remove(at: index)
    guard let bytes = done.bytes else { return .dropped }
    if let head = done.head { return .whole(head, apart: bytes, begun: done.begun, reserved: done.reserved) }
    return .whole(bytes, apart: nil, begun: done.begun, reserved: done.reserved)
  }

  private mutating func keep(_ bytes: RawSpan, at index: Int) {
    guard let capacity = partials[index].bytes?.capacity else { return }
    let (received, total) = (partials[index].received - partials[index].left, partials[index].total - partials[index].left)
    let foresight = isUnpacking ? Self.foresightUnpacked : Self.foresight
    if received > capacity { partials[index].bytes?.reserveCapacity(min(total, received * foresight)) }
    bytes.withUnsafeBytes { partials[index].bytes?.append(contentsOf: $0) }
  }

  /// The peer gives up. Returns what the message had taken of the budget.
  mutating func stop(_ id: UInt32) throws(FrameError) -> Int {
    guard let index = partials.firstIndex(where: { $0.id == id }) else { throw .badMessage(id) }
    return partials.remove(at: index).reserved
  }

  mutating func removeAll() { partials = [] }
}
