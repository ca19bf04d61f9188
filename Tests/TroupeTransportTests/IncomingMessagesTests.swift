// Frames put together from chunks, and chunks that do not fit together.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Incoming messages")
struct IncomingMessagesTests {
  static let chunk = [UInt8](repeating: 5, count: ChunkLimits.chunk)

  struct Talk {
    var messages = IncomingMessages()

    mutating func begin(_ id: UInt32, _ total: Int, _ bytes: [UInt8] = IncomingMessagesTests.chunk, isWanted: Bool = true) throws {
      try messages.begin(
        id, total: total, bytes.span.bytes, isWanted: isWanted, reserved: isWanted ? total : 0, now: Instant(nanoseconds: 9))
    }

    mutating func append(_ id: UInt32, _ bytes: [UInt8] = IncomingMessagesTests.chunk) throws -> IncomingMessages.Step {
      try messages.append(id, bytes.span.bytes)
    }
  }

  @Test func twoMessagesInTurns() throws {
    var talk = Talk()
    let total = ChunkLimits.chunk + 3
    try talk.begin(1, total)
    try talk.begin(2, total)
    #expect(talk.messages.reserved == 2 * total)
    #expect(try talk.append(2, [1, 2]) == .more)
    #expect(try talk.append(1, [7, 8, 9]) == .whole(Self.chunk + [7, 8, 9], apart: nil, begun: Instant(nanoseconds: 9), reserved: total))
    #expect(try talk.append(2, [3]) == .whole(Self.chunk + [1, 2, 3], apart: nil, begun: Instant(nanoseconds: 9), reserved: total))
    #expect(talk.messages.reserved == 0)
  }

  @Test func whatIsUnwantedIsCountedAndDropped() throws {
    var talk = Talk()
    try talk.begin(1, ChunkLimits.chunk * 2, isWanted: false)
    #expect(try talk.append(1) == .dropped)
  }

  @Test func aMessageThatWasGivenUpIsForgotten() throws {
    var talk = Talk()
    try talk.begin(1, ChunkLimits.chunk * 2)
    #expect(try talk.messages.stop(1) == ChunkLimits.chunk * 2)
    #expect(throws: FrameError.self) { try talk.append(1) }
    #expect(throws: FrameError.self) { _ = try talk.messages.stop(1) }
    try talk.begin(1, ChunkLimits.chunk * 2)
  }

  @Test func chunksThatDoNotFitAreRefused() throws {
    var talk = Talk()
    #expect(throws: FrameError.self, "a length that no frame may have") { try talk.begin(1, TransportLimits.frame + 1) }
    #expect(throws: FrameError.self, "so little needs no chunks") { try talk.begin(1, ChunkLimits.chunk, [1]) }
    #expect(throws: FrameError.self, "nothing in it") { try talk.begin(1, 1 << 20, []) }
    #expect(throws: FrameError.self, "too much at once") { try talk.begin(1, 1 << 20, Self.chunk + [1]) }
    try talk.begin(1, ChunkLimits.chunk + 1)
    #expect(throws: FrameError.self, "twice") { try talk.begin(1, 1 << 20) }
    #expect(throws: FrameError.self, "more than was said") { _ = try talk.append(1, [1, 2]) }
    #expect(throws: FrameError.self, "nothing in it") { _ = try talk.append(1, []) }
    #expect(throws: FrameError.self, "another message") { _ = try talk.append(2, [1]) }
    for id in 2...4 as ClosedRange<UInt32> { try talk.begin(id, 1 << 20) }
    #expect(throws: FrameError.self, "too many at once") { try talk.begin(5, 1 << 20) }
  }
}
