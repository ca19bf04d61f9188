// What a request's trace becomes at the gateway: taken from the client or begun, handed to entities, and said in the answer.

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import ShopCarts
import Synchronization
import Testing
import Troupe

@testable import Gateway

@Suite("Traces at the gateway") struct TraceTests {
  static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  static let header = "00-\(trace)-00f067aa0ba902b7-01"
  static let line = #"{"sku":"mug"}"#

  private func headers(_ values: String...) -> HTTPFields {
    var fields = HTTPFields()
    for value in values { fields.append(HTTPField(name: .traceparent, value: value)) }
    return fields
  }

  @Test("without one nothing is told to entities, and the answer still has an id to quote")
  func none() async throws {
    let test = TestGateway()
    try await test.open { client in
      let answer = try await client.post("/carts/a/lines", Self.line)
      #expect(answer.status == .ok && answer.headers[.traceparent] == nil)
      #expect(answer.headers[.traceID]?.utf8.count == 32)
      let wrong = try await client.post("/carts/a/lines", "{")
      #expect(wrong["trace_id"] == .string(try #require(wrong.headers[.traceID])))
      #expect(wrong.headers[.traceID] != answer.headers[.traceID])
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.trace) } == [nil])
  }

  @Test("the client's goes on as it is where nobody listens", arguments: ["00", "01"])
  func taken(flags: String) async throws {
    let test = TestGateway()
    let header = "00-\(Self.trace)-00f067aa0ba902b7-\(flags)"
    try await test.open { client in
      let answer = try await client.post("/carts/a/lines", Self.line, headers(header))
      #expect(answer.headers[.traceparent] == header && answer.headers[.traceID] == Self.trace)
    }
    try await test.admin { client in
      try await client.post("/entities/cart/a/add", Self.line, headers(header))
      #expect(try await client.post("/entities/cart/a/add", "{", headers(header))["trace_id"] == .string(Self.trace))
    }
    #expect(test.cluster.state.withLock { $0.calls.map { $0.trace?.traceparent } } == [header, header])
  }

  @Test("a bad one is ignored")
  func bad() async throws {
    let test = TestGateway()
    let bad = [
      headers("ff-\(Self.trace)-00f067aa0ba902b7-01"), headers("00-\(Self.trace.uppercased())-00f067aa0ba902b7-01"),
      headers("00-\(Self.trace)-0000000000000000-01"), headers(""), headers("\(Self.header),\(Self.header)"),
      headers(Self.header, Self.header), headers(String(repeating: "0", count: 4_000)),
    ]
    try await test.open { client in
      for headers in bad {
        let answer = try await client.post("/carts/a/lines", Self.line, headers)
        #expect(answer.status == .ok && answer.headers[.traceparent] == nil && answer.headers[.traceID] != Self.trace, "\(headers)")
      }
    }
    #expect(test.cluster.state.withLock { $0.calls.map(\.trace) } == Array(repeating: nil, count: bad.count))
  }

  @Test("a ratio begins traces: of all requests, or of hardly any, which are told all the same")
  func begun() async throws {
    for (ratio, flags) in [(1.0, "03"), (Double.leastNonzeroMagnitude, "02")] {
      let test = TestGateway { $0.tracing.ratio = ratio }
      try await test.open { client in
        let answers = [try await client.post("/carts/a/lines", Self.line), try await client.post("/carts/a/lines", Self.line)]
        let told = test.cluster.state.withLock { $0.calls.compactMap(\.trace) }
        #expect(told.map(\.traceparent) == answers.map { $0.headers[.traceparent] } && told.count == 2)
        #expect(Set(told.map(\.traceID)).count == 2)
        for trace in told { #expect(trace.traceparent.hasSuffix("-\(flags)")) }
      }
    }
  }

  @Test("a tracer hears of each sampled request, and calls stand below it")
  func spans() async throws {
    let tracer = SpanList()
    let test = TestGateway { $0.tracing.tracer = tracer }
    try await test.open { client in
      try await client.post("/carts/a/lines", Self.line)
      try await client.post("/carts/a/lines", Self.line, headers("00-\(Self.trace)-00f067aa0ba902b7-00"))
      #expect(tracer.all.isEmpty, "nobody samples these")
      let answer = try await client.post("/carts/alice/lines", Self.line, headers(Self.header))
      let (span, end) = try #require(tracer.all.first)
      #expect(span.role == .server && span.name == "POST /carts/{id}/lines" && span.process == "gateway")
      #expect(span.parent?.traceparent == Self.header && span.context.traceID == Self.trace && span.context != span.parent)
      #expect(end.error == nil && end.number("http.response.status_code") == 200 && end.at >= span.began)
      #expect(answer.headers[.traceparent] == span.context.traceparent)
      #expect(test.cluster.state.withLock { $0.calls.last?.trace } == span.context)

      try await client.get("/nowhere/alice", headers(Self.header))
      test.cluster.set(\.error, CallError(.unavailable, "no route"))
      try await client.post("/carts/alice/lines", Self.line, headers(Self.header))
      #expect(tracer.all.map(\.span.name) == ["POST /carts/{id}/lines", "GET", "POST /carts/{id}/lines"])
      #expect(tracer.all.map(\.end.error) == [nil, nil, "503"])
    }
  }

  @Test("what goes wrong stands in the log beside the id that the answer says")
  func log() async throws {
    let lines = LogLines()
    let cluster = MadeUpCluster()
    cluster.set(\.error, CallError(.unavailable, "no route"))
    var configuration = GatewayConfiguration()
    configuration.adminPort = nil
    let gateway = Gateway(configuration, door: cluster, carts: cluster, work: MadeUpWork(), logger: Logger(label: "test") { _ in lines })
    try await gateway.application().test(.router) { client in
      let answer = try await client.get("/carts/a")
      let id = try #require(answer.headers[.traceID])
      #expect(lines.all.contains { $0.level == .error && $0.text.contains("no route") && $0.trace == id }, "\(lines.all)")
      #expect(lines.all.contains { $0.level == .debug && $0.text == "GET /carts/{id} 503" && $0.trace == id }, "\(lines.all)")
    }
  }

  @Test("a node's turn stands below the gateway's call, and that below the request")
  func acrossProcesses() async throws {
    let tracer = SpanList()
    var node = NodeConfiguration(cluster: "test", id: "n1", shardCount: 16)
    node.tracer = tracer
    let running = try await Node.start(node, store: MemoryStore()) { $0.register(Cart.self) }
    var configuration = GatewayConfiguration()
    configuration.tracing.tracer = tracer
    configuration.opensEntities = true
    let gateway = Gateway(configuration, cluster: running.cluster, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await #require(gateway.adminApplication()).test(.router) { client in
      try await client.post("/entities/cart/b/add", Self.line)
      let both = try await client.post("/entities/cart/a/together", #"{"other":"b"}"#, headers(Self.header))
      #expect(both.text == #"{"lines":{"mug":1}}"#)
    }
    await running.stop()
    var place = TraceContext(traceparent: Self.header)
    for name in ["POST /entities/{kind}/{id}/{method}", "cart.together", "cart.together", "cart.contents", "cart.contents"] {
      let below = tracer.all.filter { $0.span.parent == place }
      #expect(below.map(\.span.name) == [name])
      place = below.first?.span.context
    }
    #expect(tracer.all.count == 5)
  }
}

private struct LogLines: LogHandler {
  struct Line { let level: Logger.Level, text: String, trace: String? }
  private final class Book: Sendable { let lines = Mutex<[Line]>([]) }

  private let book = Book()
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug
  var all: [Line] { book.lines.withLock { $0 } }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(
    level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String, function: String, line: UInt
  ) {
    let trace = metadata?["trace"].map { "\($0)" }
    book.lines.withLock { $0.append(Line(level: level, text: "\(message)", trace: trace)) }
  }
}
