// Headers that say where a request belongs in a trace, and those that say nothing. After the W3C's Trace Context, 3.2.
import Testing
import TroupeTransport

@Suite("traceparent")
struct TraceparentTests {
  static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  static let span = "00f067aa0ba902b7"

  @Test("what is good comes back", arguments: ["00", "01", "02", "03"])
  func good(flags: String) throws {
    let text = "00-\(Self.trace)-\(Self.span)-\(flags)"
    let context = try #require(TraceContext(traceparent: text))
    #expect(context.traceHigh == 0x4bf9_2f35_77b3_4da6 && context.traceLow == 0xa3ce_929d_0e0e_4736)
    #expect(context.span == 0x00f0_67aa_0ba9_02b7)
    #expect(context.isSampled == (flags == "01" || flags == "03"))
    #expect(context.traceparent == text)
    #expect(context.traceID == Self.trace && context.spanID == Self.span)
  }

  @Test(
    "of later versions the parts of version 00 are taken, and of flags those that are defined",
    arguments: [
      ("01-\(trace)-\(span)-01", "01"), ("cc-\(trace)-\(span)-01-what-comes-later", "01"), ("fe-\(trace)-\(span)-00-", "00"),
      ("00-\(trace)-\(span)-ff", "03"), ("00-\(trace)-\(span)-fc", "00"),
    ])
  func later(text: String, flags: String) throws {
    #expect(try #require(TraceContext(traceparent: text)).traceparent == "00-\(Self.trace)-\(Self.span)-\(flags)")
  }

  @Test(
    "what is bad is nothing",
    arguments: [
      "", "00", "-", "---", "nonsense", String(repeating: "0", count: 55), String(repeating: "-", count: 55),
      "ff-\(trace)-\(span)-01",  // a version that there will never be
      "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
      "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span.uppercased())-01", "0A-\(trace)-\(span)-01",
      "00-\(trace)-\(span)-1", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-0g",
      "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more", "00-\(trace)-\(span)-011",  // version 00 has nothing more
      "01-\(trace)-\(span)-01more", "cc-\(trace)-\(span)-01.what",
      "0-\(trace)-\(span)-01", "000-\(trace)-\(span)-01", "0x-\(trace)-\(span)-01",
      "00-\(trace)0-\(span.dropLast())-01", "00-\(trace.dropLast())-\(span)0-01", "00_\(trace)_\(span)_01",
      " 00-\(trace)-\(span)-01", "00-\(trace)-\(span)-01 ", "00-\(trace)-\(span)-01,00-\(trace)-\(span)-01",
      "00-\(trace.dropLast())+-\(span)-01", "00-\(trace.dropLast(2))é-\(span)-01",
    ])
  func bad(text: String) { #expect(TraceContext(traceparent: text) == nil) }

  @Test("whatever one byte becomes, reading ends, and what is read is printed as one that reads the same")
  func damage() {
    let whole = Array("00-\(Self.trace)-\(Self.span)-01".utf8)
    for index in whole.indices {
      for value in UInt8.min...UInt8.max {
        var bytes = whole
        bytes[index] = value
        guard let context = TraceContext(traceparent: String(decoding: bytes, as: UTF8.self)) else { continue }
        #expect(context.isValid && TraceContext(traceparent: context.traceparent) == context)
      }
    }
  }

  @Test("ids are printed with their zeros")
  func zeros() {
    let context = TraceContext(traceHigh: 0, traceLow: 1, span: 2, flags: 1)
    #expect(context.traceparent == "00-00000000000000000000000000000001-0000000000000002-01")
  }

  @Test("what comes in a frame is handed on without flags that nobody has defined, and without ids not at all")
  func wellFormed() {
    let context = TraceContext(traceHigh: 0, traceLow: 1, span: 2, flags: 0xff)
    #expect(context.wellFormed == TraceContext(traceHigh: 0, traceLow: 1, span: 2, flags: 3))
    #expect(TraceContext(traceHigh: 0, traceLow: 0, span: 2, flags: 1).wellFormed == nil)
    #expect(TraceContext(traceHigh: 0, traceLow: 1, span: 0, flags: 1).wellFormed == nil)
  }
}
