// A frame with a byte array in its middle that was left where it is: any stretch of it is what it would be as one.
import Testing
import TroupeWire

@testable import TroupeTransport

@Suite("Large frames")
struct LargeFrameTests {
  @Test func everyStretchOfItIsRight() {
    let apart = [UInt8](repeating: 9, count: LargeBytes.worth + 1)
    let large = LargeBytes()
    var writer = Writer()
    writer.append([1, 2, 3, 4] as [UInt8])  // of another frame
    writer.sparing(large) {
      $0.write(UInt8(5))
      $0.write(apart)
      $0.write(UInt8(6))
    }
    let frame = LargeFrame(writer.bytes, from: 4, leaving: large)
    #expect(large.isEmpty)
    var whole = Writer()
    whole.write(UInt8(5))
    whole.write(apart)
    whole.write(UInt8(6))
    #expect(frame.count == whole.count)
    let edges = [0, 1, 2, 3, 4, 5, 6, 1_000, whole.count - 2, whole.count - 1, whole.count]
    for from in edges {
      for end in edges where end >= from {
        var part = Writer()
        frame.write(end - from, from: from, to: &part)
        #expect(part.bytes == Array(whole.bytes[from..<end]), "\(from)..<\(end)")
      }
    }
  }

  @Test func onlyTheFirstLargeValueOfItsOwnStaysApart() {
    let apart = [UInt8](repeating: 9, count: LargeBytes.worth + 1)
    let large = LargeBytes()
    var writer = Writer()
    writer.sparing(large) {
      $0.write([apart])
      $0.write(Optional(apart))
    }
    #expect(large.isEmpty, "within another value it must be counted there")
    writer.sparing(large) {
      $0.write(apart)
      $0.write(apart)
    }
    #expect(large.take() == apart)
    writer.write(apart)
    #expect(large.isEmpty, "nobody asked for it any more")
  }
}
