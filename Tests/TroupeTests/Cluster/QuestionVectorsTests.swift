// The vectors of questions and answers, and of clients' keys: what this implementation writes, the file that others test against,
// and a decoder in Python that was written from the specification must agree.
import ChildPrograms
import Foundation
import Testing
import TroupeJSON
import TroupeWire

@testable import Troupe
@testable import TroupeCluster
@testable import TroupeTransport

@Suite struct QuestionVectorsTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    .standardizedFileURL
  private static let file = root.appendingPathComponent("protocols/vectors/questions.json")

  /// When vectors are added on purpose, run the tests once with `TROUPE_WRITE_VECTORS=1`. Existing lines never change: nodes of two
  /// versions ask each other.
  @Test func theFileSaysWhatThisImplementationWrites() throws {
    let printed = try QuestionVectors().printed
    if ProcessInfo.processInfo.environment["TROUPE_WRITE_VECTORS"] != nil {
      try printed.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let stored = try String(contentsOf: Self.file, encoding: .utf8)
    let differing = zip(stored.split(separator: "\n"), printed.split(separator: "\n")).first { $0 != $1 }
    #expect(stored == printed, "first difference: \(differing.map { "\($0)\nbut written is\n\($1)" } ?? "the length")")
  }

  @Test func anIndependentDecoderAgrees() throws {
    let vectors = try QuestionVectors()
    let decoder = try ChildProgram.run(
      "/usr/bin/env",
      [
        "python3", Self.root.appendingPathComponent("Tests/Support/Vectors/decode_questions.py").path, Self.file.path,
        Self.root.appendingPathComponent("protocols/wire-frames.md").path,
      ])
    #expect(decoder.isSuccess, "\(decoder.outputText)\(decoder.errorText)")
    #expect(decoder.outputText == "\(vectors.values.count) values agree, \(vectors.keys.count) keys agree\n")
  }

  @Test func theTopicsHaveTheNumbersOfTheSpecification() throws {
    let text = try String(contentsOf: Self.root.appendingPathComponent("protocols/wire-frames.md"), encoding: .utf8)
    let topics: [(AskTopic, String)] = [
      (.view, "view"), (.contract, "contract"), (.status, "status"), (.entities, "entities"), (.drain, "drain"), (.log, "log"),
      (.greet, "greet"), (.probe, "probe"), (.word, "word"), (.links, "links"), (.consumers, "consumers"),
      (.restartConsumers, "restart consumers"), (.sagas, "sagas"), (.entity, "entity"), (.set, "set"), (.beats, "beats"),
      (.load, "load"), (.readAhead, "read ahead"), (.carry, "carry"), (.unheard, "unheard"),
      (.ring, "ring"), (.balance, "balance"), (.wish, "wish"), (.place, "place"),
    ]
    for (topic, name) in topics { #expect(text.contains("\n| \(topic.rawValue) | \(name) | \(Self.askers(topic)) |")) }
  }

  private static func askers(_ topic: AskTopic) -> String {
    let roles = PeerRole.allCases.filter { topic.mayBeAsked(by: $0) }
    return roles.count == PeerRole.allCases.count ? "everybody" : roles.map { "\($0.word)s" }.joined(separator: ", ")
  }
}

/// Values that stand for every question and answer, and how they are printed.
private struct QuestionVectors {
  private(set) var values: [JSONValue] = []
  private(set) var keys: [JSONValue] = []

  init() throws {
    try add("a view", "View", Self.view)
    try add(
      "a view that nobody is in", "View", View.first(cluster: "shop", shardCount: 3, member: Self.member("n1", 1)).leaving("n1", sealed: 9))
    try add("a node's own status", "NodeStatus", Self.status)
    try add("a question for the first ids", "ListQuestion", ListQuestion(kind: "cart", after: nil, limit: 100))
    try add("a question for the next ids", "ListQuestion", ListQuestion(kind: "cart", after: "größe", limit: 1_000))
    try add("ids", "[string]", ["alice", "größe", "店"])
    try add("whom to drain", "string", "n2")
    try add("a question for a history", "LogQuestion", LogQuestion(kind: "cart", id: "alice", limit: 50))
    try add("a history", "[LogEntry]", Self.log)
    try add("suspects", "Word", Word([IncarnationName("n2", 0x8000_0000_0000_0002), IncarnationName("n3", 3)]))
    try add(
      "beats", "BeatsShown",
      BeatsShown(
        [PeerBeat(IncarnationName("n2", 0x8000_0000_0000_0002), counter: 7), PeerBeat(IncarnationName("n3", 3), counter: 300)],
        at: Epoch(12)))
    try add("a question for links", "LinksQuestion", LinksQuestion(gateways: true))
    try add("reports of a node and a gateway", "[TransportReport]", [Self.nodeReport, Self.gatewayReport])
    try add("groups of consumers", "[ConsumerReport]", Self.consumers)
    try add(
      "sagas", "[SagaReport]",
      [
        SagaReport(
          id: "checkout/o-81", isGoingBack: true, isStuck: true, step: "größe", number: 2, steps: 3, failures: 5, error: "no", reason: nil,
          started: -1, changed: 1_767_225_600_000)
      ])
    try add("a group that begins anew", "string", "search")
    try add("a question about an entity", "EntityQuestion", EntityQuestion(kind: "cart", id: "größe"))
    try add(
      "an entity in memory", "EntityReport",
      EntityReport(
        shard: "serving", parkedCalls: 3, entities: 1_000, logEnd: 1 << 40, durableEnd: (1 << 40) - 2, floor: 7,
        memory: EntityInMemory(phase: "busy", waitingCalls: 2, queries: 1, streams: 4, idle: .milliseconds(1_500))))
    try add(
      "an entity in quarantine", "EntityReport",
      EntityReport(
        shard: "serving", parkedCalls: 0, entities: 1, logEnd: 9, durableEnd: 9, floor: 0, memory: nil,
        quarantine: "cart/größe is in quarantine for 52 s"))
    try add(
      "what a node's shards cost", "NodeLoad",
      NodeLoad(
        node: "n1", milliseconds: 10_003,
        shards: [ShardCost(shard: 1_023, entities: 7, calls: 1 << 33, microseconds: 9_999, bytes: 0, activations: 3)],
        hottest: [HotEntity(entity: "cart/größe", calls: 160, microseconds: 48, callers: [HotCaller(name: "order on n2", calls: 16)])]))
    try add("a weight", "SettingOrder", try #require(SettingOrder(.weigh(node: "n2", 10_000))))
    try add("a pin", "SettingOrder", try #require(SettingOrder(.pin(shard: 1_023, node: "größe"))))
    try add("a pin that is taken out", "SettingOrder", try #require(SettingOrder(.unpin(shard: 0))))
    try add("a pin that is taken out of one node", "SettingOrder", try #require(SettingOrder(.release(shard: 7, node: "n2"))))
    try add("wishes of the balancer", "WishOrder", WishOrder(wishes: [1_023: "größe", 0: "n2"]))
    try add("a view with wishes of the balancer", "View", try Self.view.setting(.balance([0: "n2", 1: "n1"])))
    try add("a share for a version", "PlaceOrder", PlaceOrder(version: "2.1-größe", percent: 5))
    try add("no share for any version", "PlaceOrder", PlaceOrder(version: nil, percent: 0))
    try add("a view with a version on trial", "View", try Self.view.setting(.trial(Trial(version: "2.1", percent: 100))))
    try add("an entity that the node does not have", "EntityReport", EntityReport.elsewhere)
    try add(
      "shards to read ahead", "[ReadAheadOrder]",
      [
        ReadAheadOrder(shard: 1_023, floor: 7, end: 300, entities: [EntityName(kind: 0xdead_beef, id: "größe")]),
        ReadAheadOrder(shard: 0, floor: 0, end: 1, entities: []),
      ])
    try add(
      "what volatile entities know", "CarriedStates",
      CarriedStates(
        shard: 9, transfer: 0x8000_0000_0000_0001,
        states: [CarriedState(entity: EntityName(kind: 1, id: "alice"), state: [2, 1, 0])]))
    try add("a node's sight of the ring", "RingReport", Self.ring)
    for key in ["k", "order-81", "größe 店", String(repeating: "x", count: 255)] {
      let call = CallID(key: key)
      keys.append(["key": .string(key), "caller": .number(.init(call.caller)), "sequence": .number(.init(call.sequence))])
    }
  }

  private mutating func add<T: Wire>(_ name: String, _ type: String, _ value: T) throws {
    let bytes = value.wireBytes
    #expect(try T(wireBytes: bytes).wireBytes == bytes, "\(name) is read and written again")
    var table = TypeTable()
    let described = T.describe(in: &table)
    let json = try JSONTranscoder(types: table.types).value(from: bytes, as: described)
    let hex = bytes.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    values.append(["name": .string(name), "type": .string(type), "hex": .string(hex), "value": json])
  }

  var printed: String {
    func lines(_ vectors: [JSONValue]) -> String { vectors.map { "  " + $0.text }.joined(separator: ",\n") }
    return "{\n\"values\": [\n\(lines(values))\n],\n\"keys\": [\n\(lines(keys))\n]\n}\n"
  }

  // MARK: Examples

  private static func member(_ id: NodeID, _ incarnation: UInt64) -> Member {
    Member(
      id: id, incarnation: Incarnation(incarnation), addresses: ["10.0.0.1:7000", "10.0.0.1:7001"], zone: "eu-1a", weight: 2,
      version: "1.2.3")
  }

  private static var view: View {
    get throws {
      try View.first(cluster: "shop", shardCount: 6, member: member("n1", 0xFEDC_BA98_7654_3210))
        .joining(member("n2", 2)).giving([1: "n2", 4: "n2"], from: "n1", transfer: 0x8000_0000_0000_0001)
        .joining(member("n3", 3)).giving([5: "n3"], from: "n1", transfer: 7)
        .burying([IncarnationName("n3", 3)], by: "n1", confirmed: .by("n2"))
        .setting(.pin(3, "n1")).setting(.drain("n2"))
    }
  }

  private static var status: NodeStatus {
    NodeStatus(
      id: "n1", address: "10.0.0.1:7000", zone: "", state: "active", version: "1.2.3", shards: 512, entities: 1_000_000, calls: 1 << 40,
      durable: 17, uptimeSeconds: 86_400, leaseValid: true, loops: 2, reminders: 300, remindersFailed: 3)
  }

  private static var consumers: [ConsumerReport] {
    [
      ConsumerReport(
        group: "mails", topic: "orders", shards: 512, lag: 3, delivered: 1 << 40, failures: 9, deadLetters: 1, retrying: 1, cutOff: 0,
        trouble: "größe", troubledShard: 511),
      ConsumerReport(
        group: "search", topic: "products", shards: 0, lag: 0, delivered: 0, failures: 0, deadLetters: 0, retrying: 0, cutOff: 0,
        trouble: nil, troubledShard: nil),
    ]
  }

  private static var log: [LogEntry] {
    [
      LogEntry(offset: 9, wallTimeMilliseconds: 1_767_225_600_000, method: .max, isDelete: false, events: [[0], [1, 2, 3]]),
      LogEntry(offset: 10, wallTimeMilliseconds: -1, method: 1, isDelete: true, events: []),
    ]
  }

  // MARK: Reports

  private static var ring: RingReport {
    RingReport(
      node: "n1", incarnation: 0xFEDC_BA98_7654_3210, epoch: 41, time: 1_767_225_600_000, lease: .milliseconds(1_250),
      leaseLength: .milliseconds(1_500), isSteady: true, serving: 500,
      arriving: [
        RingReport.Arrival(step: "waiting", count: 3_000, shards: [1, 1_023]), RingReport.Arrival(step: "reading", count: 1, shards: [7]),
      ],
      leaving: [
        RingReport.Handoff(to: "n2", step: "sealed", count: 2, shards: [3, 4], age: .milliseconds(20)),
        RingReport.Handoff(to: nil, step: "giving", count: 0, shards: [], age: .zero),
      ], toGive: [RingReport.Gift(to: "größe", count: 112)],
      leaseWaits: [
        RingReport.LeaseWait(node: "n3", incarnation: 3, left: .milliseconds(800)),
        RingReport.LeaseWait(node: "n4", incarnation: 4, left: nil),
      ],
      peers: [
        RingReport.PeerSight(
          node: "n2", incarnation: 2, lastBeat: .milliseconds(1_100), believedFor: .zero, missedProbes: 4, isDoubted: true, isFading: true,
          isSuspected: true),
        RingReport.PeerSight(
          node: "n5", incarnation: 5, lastBeat: nil, believedFor: .milliseconds(900), missedProbes: nil, isDoubted: false, isFading: false,
          isSuspected: false),
      ],
      changes: [
        ViewChange(
          since: 38, epoch: 40, began: 1_767_225_590_000, ended: 1_767_225_591_000, words: ["8 shards went from n1 to n2"]),
        ViewChange(since: 40, epoch: 41, began: -1, ended: -1, words: ["n3 was buried", "größe joined"]),
      ])
  }

  private static var nodeReport: TransportReport {
    TransportReport(
      name: "n1", role: "node", incarnation: 0xFEDC_BA98_7654_3210,
      loops: [
        LoopReport(
          loop: 0, calls: 1 << 40, refused: 7, shed: 5, cancelled: 2, queueDelay: .microseconds(1_500),
          queueDelayLimit: .milliseconds(20), busyFor: .zero, busyLimit: .milliseconds(200), waitedFor: 2, waitingCalls: 9,
          longestMailbox: 8, mailboxLimit: 4_096, parkedCalls: 1, parkingLimit: 4_096, turns: 3, entities: 10_000, acceptedLinks: 2,
          acceptedLimit: 16_384, arrivingBytes: 1 << 20, arrivingLimit: 256 << 20, bulkCalls: 12, bulkLimit: 8_192)
      ],
      links: [
        LinkReport(
          loop: 0, number: 1, peer: "n2", role: "node", peerLoop: 1, address: "10.0.0.2:7001", isOutgoing: true, state: .open,
          age: .seconds(3_600), idle: .milliseconds(250), heard: .zero, roundTrip: .nanoseconds(312_000), calls: 17, framesIn: 100,
          framesOut: 200, bytesIn: 30_000, bytesOut: 40_000, queuedBytes: 512, heldFrames: 4, largeMessages: 1, creditsInUse: 65_536,
          arrivingBytes: 0, bytesBeforeCompression: 20_000, bytesAfterCompression: 5_000, features: .known,
          identity: "spiffe://shop/node/n2", isControl: true),
        LinkReport(
          loop: 0, number: 9, peer: "", role: "", peerLoop: 0, address: "", isOutgoing: false, state: .greeting, age: .milliseconds(3),
          idle: nil, heard: nil, roundTrip: nil, calls: 0, framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, queuedBytes: 0,
          heldFrames: 0, largeMessages: 0, creditsInUse: 0, arrivingBytes: 0, bytesBeforeCompression: 0, bytesAfterCompression: 0,
          features: [], identity: nil),
      ], linksLeftOut: 3, breakers: [], budgets: [], counts: CallReport.Counts())
  }

  private static var gatewayReport: TransportReport {
    var counts = CallReport.Counts()
    counts.sent = 1_000_000
    counts.retries = 40
    counts.breakerOpenings = 2
    return TransportReport(
      name: "größe", role: "gateway", incarnation: 3, loops: [], links: [], linksLeftOut: 0,
      breakers: [
        CallReport.Breaker(
          loop: 0, peer: "n2", kind: nil, state: .open, since: .milliseconds(300), failuresInARow: 5, openings: 2,
          retryAfter: .milliseconds(125)),
        CallReport.Breaker(
          loop: 0, peer: "n1", kind: "cart", state: .halfOpen, since: .seconds(1), failuresInARow: 9, openings: 1, retryAfter: .zero),
        CallReport.Breaker(
          loop: 1, peer: "n1", kind: "cart", state: .closed, since: .seconds(86_400), failuresInARow: 0, openings: 0, retryAfter: .zero),
      ],
      budgets: [CallReport.Budget(loop: 0, kind: "cart", left: 2_100, taken: 40, refused: 1)], counts: counts)
  }
}
