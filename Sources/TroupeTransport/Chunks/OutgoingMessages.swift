// Frames too large to travel whole, on their way out: which chunk leaves next. Pure: frames and credits go in, chunks come out.
//
// Lanes keep the promise that calls to one entity start in the order sent: of the messages of one lane only the first moves. Small
// calls that follow a large one to the same entity queue behind it here; everything else passes by.
import TroupeWire

struct OutgoingMessages {
  /// What must not overtake what.
  enum Lane: Hashable {
    /// Calls to one entity.
    case entity(kind: UInt32, id: String)
    /// Overtakes whatever it likes: answers come in any order.
    case free
  }

  struct Message {
    let id: UInt32
    let lane: Lane
    /// Of a call or an answer; for `remove`.
    let request: UInt32
    let isCall: Bool
    /// Others go first.
    let isBulk: Bool
    /// Type byte first.
    var frame: LargeFrame
    fileprivate(set) var sent = 0
    fileprivate(set) var window = ChunkLimits.window

    var total: Int { frame.count }
    fileprivate var left: Int { total - sent }
    fileprivate var nextChunk: Int { min(ChunkLimits.chunk, left) }
    fileprivate var mayMove: Bool { nextChunk <= window }
  }

  /// Under way or next; the first of each lane, `ChunkLimits.active` at most.
  private var active: [Message] = []
  private var waiting: [Message] = []
  private var nextID: UInt32 = 0
  private var turn = 0
  private var linkWindow = ChunkLimits.linkWindow
  /// Bytes that have not left.
  private(set) var pendingBytes = 0

  var isEmpty: Bool { active.isEmpty }

  /// Messages that have not left whole.
  var count: Int { active.count + waiting.count }

  /// Bytes that have left and that the peer has not given back.
  var underWay: Int { ChunkLimits.linkWindow - linkWindow }

  /// Whether something of this lane has not left whole: what follows must wait behind it.
  func holds(_ lane: Lane) -> Bool { active.contains { $0.lane == lane } || waiting.contains { $0.lane == lane } }

  mutating func append(_ frame: LargeFrame, lane: Lane, request: UInt32, isCall: Bool, isBulk: Bool = false) {
    let message = Message(id: nextID, lane: lane, request: request, isCall: isCall, isBulk: isBulk, frame: frame)
    nextID &+= 1
    pendingBytes += message.total
    waiting.append(message)
    activate()
  }

  enum Step: Equatable {
    /// A frame of its own, small enough: it leaves as it is.
    case whole
    case begin
    case chunk
  }

  /// The next piece that may leave, written to `writer` as a frame; nil when there is none or its credit has not come. `prepare` sees a
  /// message before its first byte leaves.
  mutating func next(to writer: inout Writer, _ prepare: (inout Message) -> Void) -> Step? {
    guard let index = nextToMove(isBulk: false) ?? nextToMove(isBulk: true) else { return nil }
    turn = index + 1
    return send(index, active[index].nextChunk, to: &writer, prepare)
  }

  /// They take turns.
  private func nextToMove(isBulk: Bool) -> Int? {
    for place in 0..<active.count {
      let index = (turn + place) % active.count
      if active[index].isBulk == isBulk, active[index].mayMove, active[index].nextChunk <= linkWindow { return index }
    }
    return nil
  }

  private mutating func send(_ index: Int, _ size: Int, to writer: inout Writer, _ prepare: (inout Message) -> Void) -> Step {
    if active[index].sent == 0 { prepare(&active[index]) }
    let message = active[index]
    pendingBytes -= size
    if message.total <= ChunkLimits.chunk {
      message.frame.writeWhole(to: &writer)
      remove(at: index)
      return .whole
    }
    linkWindow -= size
    active[index].window -= size
    active[index].sent += size
    if message.sent == 0 {
      ChunkFrames.writeBegin(message.id, total: message.total, to: &writer) { message.frame.write(size, from: 0, to: &$0) }
    } else {
      ChunkFrames.writeChunk(message.id, to: &writer) { message.frame.write(size, from: message.sent, to: &$0) }
    }
    if active[index].left == 0 { remove(at: index) }
    return message.sent == 0 ? .begin : .chunk
  }

  /// The peer has taken so many bytes of a message. Throws when that is more than was sent.
  mutating func credit(_ message: UInt32, bytes: Int) throws(FrameError) {
    guard bytes > 0, linkWindow + bytes <= ChunkLimits.linkWindow else { throw .badCredit(bytes) }
    linkWindow += bytes
    guard let index = active.firstIndex(where: { $0.id == message }) else { return }
    guard active[index].window + bytes <= ChunkLimits.window else { throw .badCredit(bytes) }
    active[index].window += bytes
  }

  /// What has become of a request's message.
  enum Removed: Equatable {
    /// Nothing of it has left.
    case unsent
    /// The peer has some of it and must be told to STOP: the id.
    case begun(UInt32)
  }

  /// Forgets the message of a request that nobody waits for any more; nil when all of it has left.
  mutating func remove(request: UInt32, isCall: Bool) -> Removed? {
    if let index = waiting.firstIndex(where: { $0.request == request && $0.isCall == isCall }) {
      pendingBytes -= waiting[index].total
      waiting.remove(at: index)
      return .unsent
    }
    guard let index = active.firstIndex(where: { $0.request == request && $0.isCall == isCall }) else { return nil }
    let message = active[index]
    pendingBytes -= message.left
    remove(at: index)
    return message.sent == 0 ? .unsent : .begun(message.id)
  }

  /// The requests of calls that have not left whole, so that no peer has run them.
  var unsentCalls: [UInt32] { (active + waiting).filter(\.isCall).map(\.request) }

  /// Changes calls of which nothing has left: where each one's bytes are, and where its frame begins in them.
  mutating func rewrite(_ change: (inout [UInt8], Int) -> Void) {
    for index in active.indices where active[index].isCall && active[index].sent == 0 {
      pendingBytes += Self.rewrite(&active[index], change)
    }
    for index in waiting.indices where waiting[index].isCall { pendingBytes += Self.rewrite(&waiting[index], change) }
  }

  /// By how much it has grown.
  private static func rewrite(_ message: inout Message, _ change: (inout [UInt8], Int) -> Void) -> Int {
    let before = message.total
    message.frame.rewriteHead(change)
    return message.total - before
  }

  /// Takes out all frames, whole, for a peer that knows no chunks.
  mutating func takeAll() -> [Message] {
    defer { self = OutgoingMessages() }
    return active + waiting
  }

  private mutating func remove(at index: Int) {
    active.remove(at: index)
    if turn > index { turn -= 1 }
    activate()
  }

  private mutating func activate() {
    var index = 0
    while active.count < ChunkLimits.active, index < waiting.count {
      let lane = waiting[index].lane
      let isFree = lane == .free || !active.contains { $0.lane == lane } && !waiting[..<index].contains { $0.lane == lane }
      let hasPlace = !waiting[index].isBulk || active.count { $0.isBulk } < ChunkLimits.activeBulk
      if isFree, hasPlace { active.append(waiting.remove(at: index)) } else { index += 1 }
    }
  }
}
