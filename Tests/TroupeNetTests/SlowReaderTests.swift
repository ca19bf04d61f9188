// Much data and a reader that pauses: nothing is lost, memory on the sender's side is visible, `drained` is told.
import Glibc
import Testing
import TroupeNet

@Suite struct SlowReaderTests {
  static let total = 12 << 20

  /// Random bytes, so that a piece lost or swapped shows.
  static let all: [UInt8] = {
    var random = SeededRandom(seed: 5)
    return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      buffer.withMemoryRebound(to: UInt64.self) { words in for at in words.indices { words[at] = random.next() } }
      count = total
    }
  }()

  @Test(arguments: Bed.allCases)
  func aReaderThatPauses(bed: Bed) async throws {
    try await transfer(bed, nil, nil)
  }

  @Test func aReaderThatPausesOverTLS() async throws {
    let certificates = try Certificates.shared
    try await transfer(.real, try certificates.context("n1"), try certificates.context("n2"))
  }

  private func transfer(_ bed: Bed, _ server: TLSContext?, _ client: TLSContext?) async throws {
    _ = Self.all
    let said = try await bed.transcript { stage in
      let listener = stage.listen(security: server) { Self.reader(stage) }
      let writer = stage.player("writer")
      writer.isQuiet = true
      writer.onDrained = { _ in stage.say("writer drained") }
      writer.onOpened = { connection in
        connection.send(Self.all)
        stage.say("pending: \(connection.pendingBytes > ConnectionLimits.lowWater)")
      }
      stage.connect(listener, security: client, writer)
    }
    #expect(said.contains("pending: true"))
    #expect(said.contains("writer drained"))
    #expect(said.contains("all of it, in order"))
    #expect(!said.contains("never finished"), "\(said)")
  }

  /// Consumes in odd pieces and rests now and then.
  private static func reader(_ stage: Stage) -> Player {
    let reader = stage.player("reader")
    reader.isQuiet = true
    var seen = 0
    var isRight = true
    var isPaused = false
    reader.onReceived = { connection, bytes in
      if isPaused { stage.say("shown while paused") }
      let isLast = seen + bytes.count == total
      let taken = isLast ? bytes.count : bytes.count - bytes.count % 997
      let difference = all.withUnsafeBytes { wanted in memcmp(bytes, wanted.baseAddress! + seen, taken) }
      isRight = isRight && difference == 0
      seen += taken
      if seen / (2 << 20) != (seen - taken) / (2 << 20) {
        isPaused = true
        connection.pauseReading()
        stage.loop.schedule(after: .milliseconds(5)) {
          isPaused = false
          connection.resumeReading()
        }
      }
      if seen == total {
        stage.say(isRight ? "all of it, in order" : "garbled")
        connection.close(.local)
        stage.finish()
      }
      return taken
    }
    return reader
  }
}
