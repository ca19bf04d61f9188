// The buffer between an entity's sequence and its consumer, without either.
import Testing

@testable import Troupe

@Suite struct StreamBufferTests {
  /// Not in an expectation, which cannot change what it looks at.
  private func confirm(_ from: UInt64, credit: UInt64 = 1_024, in buffer: inout StreamBuffer) -> Bool {
    buffer.confirm(from, credit: credit)
  }

  @Test func whatIsNotConfirmedIsGivenAgain() {
    var buffer = StreamBuffer()
    #expect(confirm(0, in: &buffer))
    for number in 0..<3 { buffer.append([UInt8(number)]) }
    #expect(buffer.batch().items == [[0], [1], [2]])
    #expect(confirm(2, in: &buffer))
    #expect(buffer.batch() == StreamBatch(items: [[2]], end: nil))
    #expect(buffer.batch() == StreamBatch(items: [[2]], end: nil))
  }

  @Test func numbersThatNobodyCanHaveSeenAreRefused() {
    var buffer = StreamBuffer()
    buffer.append([1])
    #expect(!confirm(2, in: &buffer))
    #expect(confirm(1, in: &buffer))
    #expect(!confirm(0, in: &buffer), "what was confirmed is gone")
    #expect(confirm(1, in: &buffer), "but may be confirmed again")
  }

  @Test func theWindowHoldsTheSourceBack() {
    var buffer = StreamBuffer()
    #expect(confirm(0, in: &buffer))
    buffer.append([UInt8](repeating: 0, count: 1_000))
    #expect(buffer.hasRoom)
    buffer.append([UInt8](repeating: 0, count: 1_000))
    #expect(!buffer.hasRoom)
    #expect(buffer.batch().items.count == 1, "a batch is as large as was asked for")
    #expect(confirm(1, in: &buffer) && buffer.hasRoom)
  }

  @Test func emptyItemsCountToo() {
    var buffer = StreamBuffer()
    #expect(confirm(0, in: &buffer))
    var count = 0
    while buffer.hasRoom {
      buffer.append([])
      count += 1
    }
    #expect(count == 64)
  }

  @Test func oneLargerThanTheWindowGoesAlone() {
    var buffer = StreamBuffer()
    #expect(confirm(0, in: &buffer))
    buffer.append([UInt8](repeating: 0, count: 100_000))
    buffer.append([1])
    #expect(buffer.batch().items.map(\.count) == [100_000])
  }

  @Test func theEndStandsBehindTheLastItem() {
    var buffer = StreamBuffer()
    #expect(confirm(0, in: &buffer))
    buffer.append([UInt8](repeating: 0, count: 1_000))
    buffer.append([1])
    buffer.append([2])
    buffer.finish(.finished)
    buffer.finish(.fault("late"))
    buffer.append([3])
    #expect(!buffer.hasRoom)
    #expect(buffer.batch().end == nil)
    #expect(confirm(1, in: &buffer))
    #expect(buffer.batch() == StreamBatch(items: [[1], [2]], end: .finished))
  }

  @Test func creditsThatMakeNoSenseAreBroughtIntoBounds() {
    var buffer = StreamBuffer()
    #expect(confirm(0, credit: .max, in: &buffer))
    for _ in 0..<1_100 { buffer.append([UInt8](repeating: 0, count: 1_008)) }
    #expect(!buffer.hasRoom && buffer.batch().items.count == 1_024)
    #expect(confirm(0, credit: 0, in: &buffer) && buffer.batch().items.count == 1)
  }

  @Test func nothingIsLostOverManyRounds() {
    var buffer = StreamBuffer()
    var sent = 0
    var got: [Int] = []
    for round in 0..<1_000 {
      #expect(confirm(UInt64(got.count), in: &buffer))
      while buffer.hasRoom, sent < 10_000 {
        buffer.append([UInt8](repeating: UInt8(sent & 0xFF), count: 1 + (sent * 7 + round) % 90))
        sent += 1
      }
      got += buffer.batch().items.map { Int($0[0]) }
    }
    #expect(got.count == sent || got.count == sent - buffer.count)
    #expect(got.enumerated().allSatisfy { $0.offset & 0xFF == $0.element })
  }
}
