// Which chunk leaves next: dialogues with the queue of large frames.
import Testing
import TroupeWire

@testable import TroupeTransport

@Suite("Outgoing messages")
struct OutgoingMessagesTests {
  /// A queue and what has left it, as a person would write it down.
  struct Talk {
    var messages = OutgoingMessages()

    mutating func add(_ bytes: Int, to entity: String? = nil, request: UInt32, isCall: Bool = true) {
      let lane = entity.map { OutgoingMessages.Lane.entity(kind: 1, id: $0) } ?? .free
      let frame = LargeFrame([UInt8](repeating: UInt8(request), count: bytes + 4), from: 4)
      messages.append(frame, lane: lane, request: request, isCall: isCall)
    }

    /// The next piece: what it is, whose, and how many bytes of the frame.
    mutating func next() -> String {
      var writer = Writer()
      guard let step = messages.next(to: &writer, { _ in }) else { return "nothing" }
      let bytes = writer.bytes
      let head = step == .whole ? 4 : step == .begin ? 4 + ChunkFrames.beginBytes : 4 + ChunkFrames.chunkBytes
      return "\(step) of \(bytes.last!), \(bytes.count - head)"
    }

    mutating func all() -> [String] {
      var said: [String] = []
      while case let piece = next(), piece != "nothing" { said.append(piece) }
      return said
    }
  }

  let chunk = ChunkLimits.chunk

  @Test func oneMessageLeavesInChunksUpToItsWindow() throws {
    var talk = Talk()
    talk.add(chunk * 5 + 10, request: 1)
    #expect(talk.all() == ["begin of 1, \(chunk)"] + Array(repeating: "chunk of 1, \(chunk)", count: 3))
    try talk.messages.credit(0, bytes: chunk)
    #expect(talk.all() == ["chunk of 1, \(chunk)"])
    try talk.messages.credit(0, bytes: chunk)
    #expect(talk.all() == ["chunk of 1, 10"])
    #expect(talk.messages.isEmpty)
    #expect(talk.messages.pendingBytes == 0)
  }

  @Test func messagesTakeTurns() {
    var talk = Talk()
    talk.add(chunk * 3, request: 1)
    talk.add(chunk * 3, request: 2)
    #expect(
      (0..<4).map { _ in talk.next() } == [
        "begin of 1, \(chunk)", "begin of 2, \(chunk)", "chunk of 1, \(chunk)", "chunk of 2, \(chunk)",
      ])
  }

  @Test func theLinksWindowBoundsAllOfThem() throws {
    var talk = Talk()
    for request in 1...4 { talk.add(1 << 20, request: UInt32(request)) }
    #expect(talk.all().count == ChunkLimits.linkWindow / chunk)
    // A message that has left whole still owes the link its last bytes.
    try talk.messages.credit(3, bytes: chunk)
    #expect(talk.all().count == 1)
  }

  @Test func callsToOneEntityKeepTheirOrder() throws {
    var talk = Talk()
    talk.add(chunk * 2, to: "a", request: 1)
    talk.add(10, to: "a", request: 2)
    talk.add(chunk * 2, to: "b", request: 3)
    talk.add(20, to: "a", request: 4)
    #expect(talk.messages.holds(.entity(kind: 1, id: "a")))
    #expect(!talk.messages.holds(.entity(kind: 1, id: "c")))
    let said = talk.all()
    #expect(said.filter { !$0.contains("of 3") } == ["begin of 1, \(chunk)", "chunk of 1, \(chunk)", "whole of 2, 10", "whole of 4, 20"])
    #expect(said.contains("begin of 3, \(chunk)"))
  }

  @Test func atMostFourAreUnderWay() throws {
    var talk = Talk()
    for request in 1...6 { talk.add(chunk * 2, request: UInt32(request)) }
    let begun = talk.all().filter { $0.hasPrefix("begin") }
    #expect(begun == (1...4).map { "begin of \($0), \(chunk)" })
    for message in 0..<4 as Range<UInt32> { try talk.messages.credit(message, bytes: chunk * 2) }
    #expect(talk.all().filter { $0.hasPrefix("begin") } == (5...6).map { "begin of \($0), \(chunk)" })
  }

  @Test func whatNobodyWaitsForStaysHere() {
    var talk = Talk()
    talk.add(chunk * 9, request: 1)
    talk.add(chunk * 9, request: 2)
    #expect(talk.next() == "begin of 1, \(chunk)")
    #expect(talk.messages.unsentCalls == [1, 2])
    #expect(talk.messages.remove(request: 1, isCall: false) == nil, "an answer of that number is another matter")
    #expect(talk.messages.remove(request: 1, isCall: true) == .begun(0))
    #expect(talk.messages.remove(request: 2, isCall: true) == .unsent)
    #expect(talk.messages.remove(request: 2, isCall: true) == nil)
    #expect(talk.messages.isEmpty)
    #expect(talk.messages.pendingBytes == 0)
  }

  @Test func creditForWhatWasNotSentIsRefused() throws {
    var talk = Talk()
    talk.add(chunk * 9, request: 1)
    _ = talk.next()
    #expect(throws: FrameError.self) { try talk.messages.credit(0, bytes: chunk + 1) }
    #expect(throws: FrameError.self) { try talk.messages.credit(0, bytes: 0) }
    try talk.messages.credit(0, bytes: chunk)
    #expect(throws: FrameError.self) { try talk.messages.credit(0, bytes: 1) }
  }
}

/// Large bulk calls among others.
@Suite struct OutgoingBulkTests {
  private func message(_ byte: UInt8) -> LargeFrame { LargeFrame([UInt8](repeating: byte, count: ChunkLimits.chunk * 2 + 4), from: 4) }

  private func next(_ messages: inout OutgoingMessages) -> UInt8? {
    var writer = Writer()
    return messages.next(to: &writer, { _ in }) == nil ? nil : writer.bytes.last
  }

  @Test func othersGoFirst() {
    var messages = OutgoingMessages()
    messages.append(message(1), lane: .free, request: 1, isCall: true, isBulk: true)
    var left = [next(&messages)]
    messages.append(message(2), lane: .free, request: 2, isCall: true)
    for _ in 0..<3 { left.append(next(&messages)) }
    #expect(left == [1, 2, 2, 1])
    #expect(messages.isEmpty)
  }

  @Test func theyNeverTakeAllPlaces() {
    var messages = OutgoingMessages()
    for number in 1...6 { messages.append(message(UInt8(number)), lane: .free, request: UInt32(number), isCall: true, isBulk: true) }
    messages.append(message(9), lane: .free, request: 9, isCall: true)
    let first = next(&messages)
    #expect(first == 9)
    #expect(messages.count == 7)
  }
}
