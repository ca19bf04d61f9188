// A call's frame, cut at every length and damaged at every byte: reading it either fails or yields a call, and never traps.
import Testing
import TroupeNet
import TroupeWire

@testable import TroupeTransport

@Suite("Call frame")
struct CallFrameTests {
  private func frame(entity: String = "alice", arguments: [UInt8] = [1, 2, 3]) -> [UInt8] {
    var head = CallHead(
      kind: 1, method: 2, isQuery: true, deadline: Instant(nanoseconds: 5_000_000_000), caller: 3, sequence: 4, lowestOpen: 5, epoch: 6)
    head.identity = CallerIdentity(unsigned: "bob")
    head.trace = TraceContext(traceHigh: 1, traceLow: 2, span: 3, flags: 1)
    head.chain = [ChainLink(kind: 7, entity: "order"), ChainLink(kind: 8, entity: "cart")]
    var writer = Writer()
    let start = CallFrame.begin(head, request: 9, entity: entity, now: Instant(nanoseconds: 0), to: &writer)
    writer.append(arguments)
    writer.endFrame(start)
    return Array(writer.bytes[4...])
  }

  @Test("every field comes back")
  func fields() throws {
    let bytes = frame()
    let call = try IncomingCall(bytes.span.bytes)
    let fields = CallFields(call)
    #expect(fields.chain == [ChainLink(kind: 7, entity: "order"), ChainLink(kind: 8, entity: "cart")])
    #expect(fields.identity == "bob")
    #expect(fields.trace == TraceContext(traceHigh: 1, traceLow: 2, span: 3, flags: 1))
    #expect(fields.entity == "alice")
    #expect(fields.arguments == [1, 2, 3])
    #expect(fields.timeLeft == 5_000_000)
    #expect(call.deadline(now: Instant(nanoseconds: 1)) == Instant(nanoseconds: 5_000_000_001))
  }

  @Test("cut short anywhere before the arguments it is refused")
  func cut() {
    let whole = frame(arguments: [])
    for count in 1..<whole.count {
      let part = Array(whole[..<count])
      #expect(throws: FrameError.truncated(.call)) { _ = try IncomingCall(part.span.bytes) }
    }
  }

  @Test("whatever one byte becomes, reading ends")
  func damage() {
    let whole = frame()
    for index in whole.indices {
      for value in UInt8.min...UInt8.max {
        var bytes = whole
        bytes[index] = value
        if let call = try? IncomingCall(bytes.span.bytes) { _ = CallFields(call) }
      }
    }
  }

  @Test("time left is rounded down, never below nothing and never above 71 minutes")
  func timeLeft() {
    func left(_ deadline: Int64, _ now: Int64) -> UInt32 {
      CallFrame.timeLeft(until: Instant(nanoseconds: deadline), now: Instant(nanoseconds: now))
    }
    #expect(left(1_999, 0) == 1)
    #expect(left(0, 5_000) == 0)
    #expect(left(.max, 0) == .max)
    #expect(left(.max, .max) == 0)
  }
}
