// One request through three processes: what each of them wrote down of it, joined by the trace's id.

import Foundation
import NIOCore
import Testing

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct TraceTests {
    /// A call between shards that move at that moment is sent twice, and its trace says so: then another one is asked for.
    private static let attempts = 20
    private static let carts = (0..<200).map { "cart-\($0)" }

    @Test(.timeLimit(.minutes(3)))
    func `the spans of a request to two entities on two nodes stand one below the other`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let nodes = [try await Self.addNode("node-2", to: up, folder), try await Self.addNode("node-3", to: up, folder)]
      let watcher = try await Operator(up)
      var owned: [[String]] = []
      try #require(
        await eventually(within: .seconds(60)) {
          owned = [try await watcher.carts(Self.carts, of: "node-2"), try await watcher.carts(Self.carts, of: "node-3")]
          return owned.allSatisfy { $0.count >= Self.carts.count / 5 }
        }, "both are given their share")
      let (gateway, admin) = try await Self.startGateway(up, folder)
      let shopper = Shopper(admin)
      #expect(
        try await shopper.send(.POST, "/entities/cart/\(owned[1][0])/add", .bytes(ByteBuffer(string: #"{"sku":"mug"}"#))).status == 200)

      // What the client does not want sampled is written down nowhere, though the gateway samples whatever has no trace.
      let quiet = "0af7651916cd43dd8448eb211c80319c"
      #expect(
        try await Self.askTogether(shopper, owned[0][0], owned[1][0], [("traceparent", "00-\(quiet)-b7ad6b7169203331-00")]).trace == quiet)

      // Nor what comes through the gateway that 'up' started: it begins no trace, and still has an id to quote.
      let untraced = try await Self.askTogether(Shopper(up.admin), owned[0][0], owned[1][0], [])
      #expect(untraced.status == 200 && untraced.trace?.utf8.count == 32)

      var joined: [WrittenSpan] = []
      for attempt in 0..<Self.attempts {
        owned = [try await watcher.carts(Self.carts, of: "node-2"), try await watcher.carts(Self.carts, of: "node-3")]
        let answer = try await Self.askTogether(shopper, owned[0][0], owned[1][0], [])
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        let trace = try #require(answer.trace)
        let isWhole = await eventually(within: .seconds(5)) {
          joined = Self.spans(in: folder).filter { $0.traceId == trace }
          return joined.count >= 5
        }
        try #require(isWhole, "attempt \(attempt): \(joined)")
        if joined.count == 5 { break }
      }
      #expect(!Self.spans(in: folder).contains { $0.traceId == quiet || $0.traceId == untraced.trace })
      Self.check(joined)

      await watcher.close()
      #expect(await gateway.stop() == 0)
      for node in nodes { #expect(await node.stop() == 0) }
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `what 'up' starts writes a trace each process for itself`() async throws {
      let folder = try TemporaryFolder()
      let traces = folder.path + "/traces"
      let up = try await UpProcess(data: folder.path + "/data", nodes: 2, ["--trace-log", traces])
      let answer = try await Shopper(up.gateway).send(.GET, "/carts/alice")
      let trace = try #require(answer.trace)
      var files: [String: [WrittenSpan]] = [:]
      let isWhole = await eventually(within: .seconds(10)) {
        for name in ["gateway", "node-1", "node-2"] {
          files[name] = WrittenSpan.all(in: "\(traces)/\(name).jsonl").filter { $0.traceId == trace }
        }
        return files.values.reduce(0) { $0 + $1.count } >= 3
      }
      #expect(isWhole, "\(files)")
      #expect(files["gateway"]?.map(\.process) == ["gateway", "gateway"], "the request, and its call")
      #expect(files.filter { !$1.isEmpty }.allSatisfy { name, spans in spans.allSatisfy { $0.process == name } })
      #expect(await up.stop() == 0)
    }

    /// Request, call, turn, the turn's own call, and its turn.
    private static func check(_ spans: [WrittenSpan]) {
      let expected = [
        ("gateway", "POST /entities/{kind}/{id}/{method}", 2), ("gateway", "cart.together", 3), ("node-2", "cart.together", 2),
        ("node-2", "cart.contents", 3), ("node-3", "cart.contents", 2),
      ]
      var parent: String?
      for (process, name, kind) in expected {
        let span = spans.first { $0.parentSpanId == parent }
        #expect(span?.process == process && span?.name == name && span?.kind == kind, "below \(parent ?? "nothing"): \(spans)")
        #expect(span?.status.code == nil)
        #expect(span.map { UInt64($0.startTimeUnixNano)! <= UInt64($0.endTimeUnixNano)! } == true)
        parent = span?.spanId
      }
      let calls = spans.filter { $0.kind == 3 }
      #expect(Set(calls.map { $0["troupe.peer"] }) == ["node-2", "node-3"] && calls.allSatisfy { $0["troupe.executed"] == "yes" })
    }

    private static func askTogether(
      _ shopper: Shopper, _ cart: String, _ other: String, _ headers: [(String, String)]
    ) async throws -> Shopper.Answer {
      try await shopper.send(
        .POST, "/entities/cart/\(cart)/together", .bytes(ByteBuffer(string: #"{"other":"\#(other)"}"#)), headers: headers)
    }

    // MARK: Processes

    private static func addNode(_ id: String, to up: UpProcess, _ folder: TemporaryFolder) async throws -> RunningCommand {
      try Credentials.prepare([.node(id)], in: DataDirectory(up.data), trustDomain: UpPlan.cluster)
      return try await serving(["node", "--id", id, "--data", up.data, "--trace-log", "\(folder.path)/\(id).jsonl"], id, folder).0
    }

    /// One of its own, which begins traces, and where its operators' listener is.
    private static func startGateway(_ up: UpProcess, _ folder: TemporaryFolder) async throws -> (RunningCommand, admin: String) {
      let (command, news) = try await serving(
        ["gateway", "--port", "0", "--admin-port", "0", "--entity-door", "--data", up.data, "--node", up.nodes[0].addresses[0]]
          + ["--trace-log", "\(folder.path)/gateway.jsonl", "--trace-ratio", "1"], "gateway", folder)
      let addresses = news.matches(of: #/127\.0\.0\.1:\d+/#).map { "http://\($0.0)" }
      return (command, try #require(addresses.last))
    }

    private static func serving(
      _ arguments: [String], _ name: String, _ folder: TemporaryFolder
    ) async throws -> (RunningCommand, news: String) {
      let log = "\(folder.path)/\(name).log"
      let command = try RunningCommand(arguments, log: log)
      let news = await command.lines.first { $0.contains("serves on") }
      return (command, try #require(news, "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")"))
    }

    // MARK: Files

    private static func spans(in folder: TemporaryFolder) -> [WrittenSpan] {
      ["gateway", "node-2", "node-3"].flatMap { WrittenSpan.all(in: "\(folder.path)/\($0).jsonl") }
    }
  }
}

/// A span as it stands in a trace log, in OTLP's field names.
struct WrittenSpan: Decodable, Sendable {
  struct Value: Decodable, Sendable { var stringValue: String?, intValue: String? }
  struct Attribute: Decodable, Sendable { var key: String, value: Value }
  struct Status: Decodable, Sendable { var code: Int? }

  private struct Line: Decodable {
    struct Resource: Decodable { var attributes: [Attribute] }
    struct Scope: Decodable { var spans: [WrittenSpan] }
    struct Whole: Decodable { var resource: Resource, scopeSpans: [Scope] }
    var resourceSpans: [Whole]
  }

  var traceId: String
  var spanId: String
  var parentSpanId: String?
  var name: String
  var kind: Int
  var startTimeUnixNano: String
  var endTimeUnixNano: String
  var attributes: [Attribute]
  var status: Status
  /// Whose file it stands in, as that says.
  var process: String?

  subscript(_ name: String) -> String? {
    attributes.first { $0.key == name }.flatMap { $0.value.stringValue ?? $0.value.intValue }
  }

  /// Whole lines alone: the last one may be on its way.
  static func all(in path: String) -> [WrittenSpan] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line -> [WrittenSpan]? in
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { return nil }
      return line.resourceSpans.flatMap { whole in
        let process = whole.resource.attributes.first { $0.key == "service.instance.id" }?.value.stringValue
        return whole.scopeSpans.flatMap(\.spans).map { span in
          var span = span
          span.process = process
          return span
        }
      }
    }.flatMap { $0 }
  }
}
