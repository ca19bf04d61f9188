// Every value comes back as it went, and takes the bytes that the specification says.
import Testing

@testable import TroupeWire

struct RoundTripTests {
  @Test func integers() {
    expectRoundTrip(0, [0])
    expectRoundTrip(-1, [1])
    expectRoundTrip(63, [126])
    expectRoundTrip(64, [0x80, 1])
    expectRoundTrip(Int.min, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])
    expectRoundTrip(Int.max, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])
    expectRoundTrip(UInt64.max, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])
    expectRoundTrip(UInt32(300), [0xac, 2])
    expectRoundTrip(UInt16.max)
    expectRoundTrip(UInt8(200), [200])
    expectRoundTrip(Int8(-1), [255])
    expectRoundTrip(Int16.min)
    expectRoundTrip(Int32.min)
    expectRoundTrip(UInt.max)
    expectRoundTrip(Fixed32(1), [1, 0, 0, 0])
    expectRoundTrip(Fixed64(0x0102_0304_0506_0708), [8, 7, 6, 5, 4, 3, 2, 1])
  }

  @Test func scalars() {
    expectRoundTrip(true, [1])
    expectRoundTrip(1.5, [0, 0, 0, 0, 0, 0, 0xf8, 0x3f])
    expectRoundTrip(Float.infinity, [0, 0, 0x80, 0x7f])
    expectRoundTrip("", [0])
    expectRoundTrip("héllo", [6, 0x68, 0xc3, 0xa9, 0x6c, 0x6c, 0x6f])
    expectRoundTrip(String(repeating: "long enough to live on the heap ", count: 9))
    expectRoundTrip(Nothing(), [])
    expectRoundTrip(
      WireUUID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210),
      [1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10])
  }

  @Test func durations() {
    expectRoundTrip(Duration.zero, [0, 0])
    expectRoundTrip(Duration.seconds(-2), [3, 0])
    expectRoundTrip(Duration.milliseconds(-1_500))
    expectRoundTrip(Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999))
    expectRoundTrip(Duration(secondsComponent: .min, attosecondsComponent: -999_999_999_999_999_999))
  }

  @Test func collections() {
    expectRoundTrip(Optional<Int>.none, [0])
    expectRoundTrip(Optional(Optional(7)), [1, 1, 14])
    expectRoundTrip([1, 2, 3], [3, 2, 4, 6])
    expectRoundTrip([UInt8](0...255))
    expectRoundTrip([[UInt8]](repeating: [1], count: 2), [2, 1, 1, 1, 1])
    expectRoundTrip(["b": 1, "a": 2, "": 3], [3, 0, 6, 1, 0x61, 4, 1, 0x62, 2])
    expectRoundTrip(Set([3, 1, 2]), [3, 2, 4, 6])
    expectRoundTrip([String: [Int: Set<String>]]())
    expectRoundTrip(["x": [1: Set(["p", "q"])]])
  }

  @Test func aBodyIsAsLongAsItsLengthSays() throws {
    for count in [0, 1, 127, 128, 16_383, 16_384, 70_000] {
      var writer = Writer()
      writer.byte(0xaa)
      writer.body { body in for index in 0..<count { body.byte(UInt8(truncatingIfNeeded: index)) } }
      writer.byte(0xbb)
      let isRight = try { () throws(WireError) -> Bool in
        var reader = Reader(writer.span)
        guard try reader.byte() == 0xaa else { return false }
        let end = try reader.enter()
        guard reader.remaining == count else { return false }
        for index in 0..<count where try reader.byte() != UInt8(truncatingIfNeeded: index) { return false }
        guard reader.isAtEnd else { return false }
        reader.leave(end)
        return try reader.byte() == 0xbb && reader.isAtEnd
      }()
      #expect(isRight, "a body of \(count) bytes")
    }
  }

  @Test func reservedFieldsArePatched() {
    var writer = Writer(capacity: 16)
    writer.byte(9)
    let position = writer.reserveFixed32()
    writer.string("ab")
    writer.patchFixed32(at: position, with: 0x0403_0201)
    #expect(writer.bytes == [9, 1, 2, 3, 4, 2, 0x61, 0x62])
    writer.truncate(to: 5)
    #expect(writer.count == 5)
    writer.removeAll(keepingCapacity: true)
    #expect(writer.bytes.isEmpty)
  }

  @Test func uuidsAreReadAndPrinted() {
    let text = "01234567-89ab-cdef-0000-00000000000a"
    #expect(WireUUID(text)?.description == text)
    #expect(WireUUID(text.uppercased())?.description == text)
    #expect(WireUUID(random: .max, .max).description == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    #expect(WireUUID(random: 0, 0).description == "00000000-0000-4000-8000-000000000000")
    for wrong in ["", "0123", "01234567-89ab-cdef-0000-00000000000g", "+1234567-89ab-cdef-0000-00000000000a"] {
      #expect(WireUUID(wrong) == nil)
    }
  }
}
