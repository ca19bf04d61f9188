// Answers of a peer whose beats have not been seen lately. A machine that was frozen with its clock takes its lease for valid and lets
// out what its successor has long made untrue, so nothing of it counts until it is known that it had none.
import TroupeNet
import TroupeWire

/// Frames that wait, oldest first.
struct UnbelievedAnswers {
  /// Past this a peer that is not believed has said enough: the link ends, and its calls with it. Bytes; room for the largest answer.
  static let limit = Int(TransportLimits.frame) + (4 << 20)
  /// What a frame takes beside its bytes.
  private static let overhead = 48

  private var frames: [(arrived: Instant, bytes: [UInt8])] = []
  private(set) var bytes = 0

  var isEmpty: Bool { frames.isEmpty }

  mutating func append(_ frame: RawSpan, at now: Instant) {
    frames.append((now, frame.withUnsafeBytes { [UInt8]($0) }))
    bytes += frame.byteCount + Self.overhead
  }

  mutating func take(arrivedBefore instant: Instant) -> [[UInt8]] {
    let count = frames.prefix { $0.arrived < instant }.count
    let taken = frames.prefix(count).map(\.bytes)
    frames.removeFirst(count)
    bytes -= taken.reduce(0) { $0 + $1.count + Self.overhead }
    return taken
  }
}

extension Link {
  /// Keeps an answer until it is believed or the link ends: its caller's deadline goes on meanwhile.
  @inline(never)
  func holdBack(_ frame: RawSpan) {
    unbelieved.append(frame, at: loop.now)
    guard unbelieved.bytes > UnbelievedAnswers.limit else { return }
    close(CloseReason(code: "unbelieved", detail: "\(peerDescription) sends answers and was not seen to beat"))
  }

  func takeAnswers(arrivedBefore instant: Instant) {
    for frame in unbelieved.take(arrivedBefore: instant) {
      guard phase == .open else { return }
      do throws(FrameError) { try handleReply(frame.span.bytes, .reply) } catch {
        end(.protocolViolation(error.sentence), saying: Goodbye(code: .protocolViolation, text: error.sentence))
      }
    }
  }
}
