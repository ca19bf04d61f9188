// What goes into each call and what is left, as a dialogue with a service that takes some and refuses others.

import Testing
import Troupe
import TroupeAWS

@testable import TroupeSinks

@Suite struct SinkRunTests {
  static func message(_ offset: UInt64, _ entity: String, bytes: Int = 10) -> SinkMessage {
    SinkMessage(key: String(repeating: "k", count: bytes), entity: entity, offset: Offset(offset), document: [:])
  }

  private static func run(_ messages: [SinkMessage], count: Int = 10, bytes: Int = 1_000, keepsOrder: Bool = true) -> SinkRun {
    SinkRun(messages, limits: .init(count: count, bytes: bytes, entryBytes: bytes, keepsOrder: keepsOrder)) { $0.key.utf8.count }
  }

  private func offsets(_ call: [SinkMessage]) -> [UInt64] { call.map(\.offset.value) }
  private func taken(_ call: [SinkMessage]) -> [EntryOutcome] { call.map { _ in .taken("x") } }

  private static let refusal = EntryOutcome.refused(code: "InvalidMessageContents", message: "m", isSendersFault: true)
  private static let throttle = EntryOutcome.refused(code: "ThrottlingException", message: "", isSendersFault: false)

  @Test func callsHaveNoMoreThanTheServiceTakes() {
    let messages = (0..<25).map { Self.message(UInt64($0), "e\($0)", bytes: $0 == 12 ? 950 : 10) }
    var run = Self.run(messages)
    var calls: [[UInt64]] = []
    while true {
      let call = run.next()
      guard !call.isEmpty else { break }
      calls.append(offsets(call))
      run.answered(call, taken(call))
    }
    #expect(
      calls == [Array(0...9), [10, 11, 12, 13, 14], Array(15...24)]
        || calls == [Array(0...9), [10, 11, 12] + Array(13...15), Array(16...24)], "\(calls)")
    #expect(calls.flatMap { $0 } == Array(0..<25) && run.left == nil)
  }

  @Test func oneCallHasOneMessageOfAnEntityWhereOrderCounts() {
    let messages = [Self.message(0, "a"), Self.message(1, "a"), Self.message(2, "b"), Self.message(3, "a")]
    var run = Self.run(messages)
    var calls: [[UInt64]] = []
    while true {
      let call = run.next()
      guard !call.isEmpty else { break }
      calls.append(offsets(call))
      run.answered(call, taken(call))
    }
    #expect(calls == [[0, 2], [1], [3]])
    var unordered = Self.run(messages, keepsOrder: false)
    let all = unordered.next()
    #expect(offsets(all) == [0, 1, 2, 3])
  }

  @Test func whatIsRefusedHoldsBackItsEntityAndNobodyElse() {
    var run = Self.run([Self.message(0, "a"), Self.message(1, "b"), Self.message(2, "a"), Self.message(3, "b")])
    let first = run.next()
    run.answered(first, [Self.refusal, .taken("x")])
    let second = run.next()
    #expect(offsets(second) == [3])
    run.answered(second, taken(second))
    let end = run.next()
    #expect(end.isEmpty)
    #expect(run.left?.offsets.sorted() == [Offset(0), Offset(2)] && run.left?.canWait == false)
    #expect(run.left?.reason == "InvalidMessageContents: m")
  }

  @Test func whatIsThrottledWaitsWithAllThatComesBehind() {
    var run = Self.run([Self.message(0, "a"), Self.message(1, "b"), Self.message(2, "a")])
    let first = run.next()
    run.answered(first, [.taken("x"), Self.throttle])
    let none = run.next()
    #expect(none.isEmpty && run.left?.offsets.sorted() == [Offset(1), Offset(2)] && run.left?.canWait == true)
    #expect(run.left?.reason == "ThrottlingException")
  }

  @Test func aMessageThatIsTooLargeIsRefusedWithoutACall() {
    var run = Self.run([Self.message(0, "a", bytes: 2_000), Self.message(1, "b")])
    let call = run.next()
    #expect(offsets(call) == [1])
    run.answered(call, taken(call))
    #expect(run.left?.offsets == [Offset(0)] && run.left?.reason.contains("2000 bytes, more than the 1000") == true)
  }

  @Test func aCallThatFailsIsNobodysFaultUnlessTheServiceSaysSo() {
    let messages = [Self.message(0, "a"), Self.message(1, "b")]
    var away = Self.run(messages)
    away.failed(away.next(), .noAnswer("timeout"))
    #expect(away.left?.canWait == true && away.left?.offsets.count == 2)
    var denied = Self.run(messages)
    denied.failed(denied.next(), .refused(code: "AccessDeniedException", message: "", status: 400, details: [:]))
    #expect(denied.left?.canWait == true, "an operator repairs that, and no message is lost by it")
    var invalid = Self.run(messages)
    invalid.failed(invalid.next(), .refused(code: "ValidationException", message: "", status: 400, details: [:]))
    #expect(invalid.left?.canWait == false)
  }

  @Test func namesThatAServiceWouldNotTakeGoByTheirHash() {
    #expect(AWSSink.plain("cart-1/17") == "cart-1/17")
    for name in ["", "a b", "é", String(repeating: "x", count: 129)] {
      #expect(AWSSink.plain(name).wholeMatch(of: /[0-9a-f]{64}/) != nil, "\(name)")
    }
  }
}
