// The table of open calls, as a dialogue of requests and answers.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Pending calls")
struct PendingCallsTests {
  private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

  private func waiter<W: Equatable>(_ completion: PendingCalls<W>.Completion) -> W? {
    if case .waiter(let waiter) = completion { waiter } else { nil }
  }

  private func open<W>(_ calls: inout PendingCalls<W>, _ waiter: W, deadline: Instant, isAsk: Bool = false) throws -> UInt32 {
    let request = calls.insert(waiter, deadline: deadline, isAsk: isAsk)
    return try #require(request)
  }

  private func isNotOpen<W>(_ completion: PendingCalls<W>.Completion) -> Bool {
    if case .notOpen = completion { true } else { false }
  }

  @Test("an answer finds its waiter once")
  func once() throws {
    var calls = PendingCalls<String>()
    let a = try open(&calls, "a", deadline: at(5))
    let b = try open(&calls, "b", deadline: at(5))
    #expect(a != b)
    #expect(waiter(calls.complete(b)) == "b")
    #expect(waiter(calls.complete(a)) == "a")
    #expect(isNotOpen(calls.complete(a)))
    #expect(calls.count == 0)
  }

  @Test("a slot that is used again has another number")
  func generations() throws {
    var calls = PendingCalls<Int>()
    var seen: Set<UInt32> = []
    for number in 0..<1_000 {
      let request = try open(&calls, number, deadline: at(5))
      #expect(seen.insert(request).inserted)
      #expect(request & 0xFFFF == 0, "the slot is used again")
      #expect(waiter(calls.complete(request)) == number)
    }
    #expect(isNotOpen(calls.complete(1 << 16)), "an old number is not open")
    let last = try open(&calls, 0, deadline: at(5))
    #expect(isNotOpen(calls.complete(last &+ 0x1_0000)))
    #expect(isNotOpen(calls.complete(last + 1)), "a slot that never was")
  }

  @Test("a call's slot is not a question's")
  func sorts() throws {
    var calls = PendingCalls<Int>()
    let call = try open(&calls, 1, deadline: at(5))
    let ask = try open(&calls, 2, deadline: at(5), isAsk: true)
    #expect(isNotOpen(calls.complete(call, isAsk: true)))
    #expect(isNotOpen(calls.complete(ask)))
    #expect(waiter(calls.complete(call)) == 1)
    #expect(waiter(calls.complete(ask, isAsk: true)) == 2)
  }

  @Test("past its deadline a call is given up, but its number stays taken until the answer")
  func expire() throws {
    var calls = PendingCalls<String>()
    let a = try open(&calls, "a", deadline: at(10))
    let b = try open(&calls, "b", deadline: at(20))
    #expect(calls.earliest == at(10))
    #expect(calls.expire(now: at(9)).isEmpty)
    #expect(calls.expire(now: at(10)).map(\.waiter) == ["a"])
    #expect(calls.earliest == at(20))
    #expect(calls.deadline(of: a) == nil)
    #expect(calls.deadline(of: b) == at(20))
    #expect(calls.count == 2)
    if case .abandoned = calls.complete(a) {} else { Issue.record("the answer came late") }
    #expect(isNotOpen(calls.complete(a)))
    #expect(calls.count == 1)
  }

  @Test("full is full, and an answer makes room")
  func limit() throws {
    var calls = PendingCalls<Int>(limit: 3)
    let requests = (0..<3).compactMap { calls.insert($0, deadline: at(1)) }
    #expect(requests.count == 3)
    #expect(calls.insert(3, deadline: at(1)) == nil)
    #expect(calls.expire(now: at(1)).count == 3)
    #expect(calls.insert(3, deadline: at(1)) == nil, "given up is not answered")
    _ = calls.complete(requests[1])
    #expect(calls.insert(3, deadline: at(1)) != nil)
  }

  @Test("at the end everybody who still waits is taken out")
  func removeAll() throws {
    var calls = PendingCalls<Int>()
    for number in 0..<5 { _ = calls.insert(number, deadline: at(Int64(number))) }
    _ = calls.expire(now: at(1))
    #expect(calls.removeAll() == [2, 3, 4])
    #expect(calls.count == 0)
  }
}
