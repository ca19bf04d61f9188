// Spans in a file: readable, bounded, and never in the way of a call.

@preconcurrency import Dispatch
import Foundation
import Logging
import Synchronization
import Testing
import Troupe

@testable import ShopstreamCommand

struct TraceLogTests {
  private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func span(_ id: UInt64, name: String = "cart.add") -> TraceSpan {
    let parent = TraceContext(traceHigh: 0xa, traceLow: 0xb, span: 0xc, flags: 1)
    return TraceSpan(
      .client, name, in: "node-1", parent: parent, context: parent.with(span: id), began: Instant(nanoseconds: 5_000),
      unixNanoseconds: 1_800_000_000_000_005_000, attributes: [.kind("cart"), .method("add")])
  }

  private static let end = TraceSpan.End(
    at: Instant(nanoseconds: 7_500), error: "no \"answer\"\n", attributes: [.outcome("unavailable"), .retries(2)])

  struct Line: Decodable {
    struct Value: Decodable { let stringValue: String?, intValue: String? }
    struct Attribute: Decodable { let key: String, value: Value }
    struct Status: Decodable { let code: Int?, message: String? }
    struct Span: Decodable {
      let traceId: String, spanId: String, parentSpanId: String?, name: String, kind: Int, flags: Int
      let startTimeUnixNano: String, endTimeUnixNano: String, attributes: [Attribute], status: Status
    }
    struct Scope: Decodable { let spans: [Span] }
    struct Resource: Decodable { let attributes: [Attribute] }
    struct Whole: Decodable { let resource: Resource, scopeSpans: [Scope] }
    let resourceSpans: [Whole]

    var span: Span { resourceSpans[0].scopeSpans[0].spans[0] }

    static func all(in path: String) throws -> [Line] {
      try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        try JSONDecoder().decode(Line.self, from: Data($0.utf8))
      }
    }
  }

  @Test func `a line is a span in the field names of OTLP`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/spans"
    let log = try #require(try TraceLog.open(path, logger: Self.quiet))
    log.ended(Self.span(1), Self.end)
    log.ended(Self.span(2), TraceSpan.End(at: Instant(nanoseconds: 5_000)))
    log.close()
    let lines = try Line.all(in: path)
    #expect(lines.map(\.span.spanId) == ["0000000000000001", "0000000000000002"])
    let span = try #require(lines.first).span
    #expect(span.traceId == "000000000000000a000000000000000b" && span.parentSpanId == "000000000000000c")
    #expect(span.name == "cart.add" && span.kind == 3 && span.flags == 1)
    #expect(span.startTimeUnixNano == "1800000000000005000" && span.endTimeUnixNano == "1800000000000007500")
    #expect(span.status.code == 2 && span.status.message == "no \"answer\"\n" && lines[1].span.status.code == nil)
    let attributes = Dictionary(uniqueKeysWithValues: span.attributes.map { ($0.key, $0.value.stringValue ?? $0.value.intValue) })
    #expect(attributes == ["rpc.service": "cart", "rpc.method": "add", "troupe.outcome": "unavailable", "troupe.retries": "2"])
    let resource = lines[0].resourceSpans[0].resource.attributes
    #expect(resource.contains { $0.key == "service.instance.id" && $0.value.stringValue == "node-1" })
  }

  @Test func `a file that is full is put aside, and two are the most there are`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/spans"
    let (limit, line) = (10_000, String(repeating: "x", count: 99) + "\n")
    for start in 0..<3 {
      var file = try TraceFile(path, limit: limit)
      for _ in 0..<150 {
        try file.append(line)
        let sizes = ["", ".old"].compactMap {
          try? FileManager.default.attributesOfItem(atPath: path + $0)[.size] as? Int
        }
        #expect(sizes.allSatisfy { $0 <= limit && $0 % 100 == 0 }, "start \(start): \(sizes)")
      }
    }
    // Three starts, each of which went on where the last one had ended.
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == 5_000)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["spans", "spans.old"])
  }

  @Test func `a log that cannot be opened is refused in a sentence`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: Refusal.self) { _ = try TraceLog.open(folder.path + "/nowhere/spans", logger: Self.quiet) }
    #expect(try TraceLog.open(nil, logger: Self.quiet) == nil)
  }

  @Test func `what a slow disk cannot take is dropped and counted, and nobody waits for it`() {
    let (isWriting, mayWrite) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let written = Mutex(0)
    let log = TraceLog(logger: Self.quiet) { lines in
      isWriting.signal()
      mayWrite.wait()
      written.withLock { $0 += lines.split(separator: "\n").count }
    }
    log.ended(Self.span(1), Self.end)
    isWriting.wait()
    for number in 0..<(TraceLog.waitingLimit + 50) { log.ended(Self.span(UInt64(number) + 2), Self.end) }
    #expect(log.dropped == 50)
    mayWrite.signal()
    isWriting.wait()
    mayWrite.signal()
    log.close()
    #expect(written.withLock { $0 } == TraceLog.waitingLimit + 1 && log.dropped == 50)
    log.ended(Self.span(1), Self.end)
    #expect(log.dropped == 51, "it is closed")
  }

  @Test func `what a full disk refuses is counted and said`() {
    struct Full: Error {}
    let book = Book()
    let log = TraceLog(logger: Logger(label: "test") { _ in book }) { _ in throw Full() }
    for number in 1...3 { log.ended(Self.span(UInt64(number)), Self.end) }
    log.close()
    #expect(log.dropped == 3)
    #expect(book.lines.withLock { $0.last }?.hasPrefix("3 spans were dropped") == true)
  }

  private final class Book: LogHandler {
    let lines = Mutex<[String]>([])
    var metadata: Logger.Metadata {
      get { [:] }
      set {}
    }
    var logLevel: Logger.Level {
      get { .debug }
      set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { nil }
      set {}
    }
    func log(
      level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String, function: String, line: UInt
    ) {
      lines.withLock { $0.append("\(message)") }
    }
  }
}
