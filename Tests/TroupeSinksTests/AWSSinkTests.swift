// Carts of a simulated cluster into a service that is made up, and messages into the emulator's queue, bus and stream.

import AWSEmulator
import Foundation
import ShopCarts
import Synchronization
import Testing
import Troupe
import TroupeAWS
import TroupeJSON
import TroupeTesting

@testable import TroupeSinks

@Suite struct AWSSinkTests {
  /// What a service has taken, and what it answers to.
  private final class Service: Sendable {
    struct State {
      var taken: [SinkMessage] = []
      var calls = 0
      var answer: @Sendable (SinkMessage, Int) throws(AWSError) -> EntryOutcome = { _, _ in .taken("x") }
    }
    let state = Mutex(State())

    var texts: [String] { state.withLock { $0.taken.map { "\($0.entity) \(EntryOutcome.sku($0))" } } }

    func answer(_ answer: @escaping @Sendable (SinkMessage, Int) throws(AWSError) -> EntryOutcome) { state.withLock { $0.answer = answer } }

    var sink: AWSSink {
      AWSSink(.init(count: 10, bytes: 256 << 10, entryBytes: 256 << 10, keepsOrder: true)) { messages, _ throws(AWSError) in
        let (answer, call) = self.state.withLock { state in
          state.calls += 1
          return (state.answer, state.calls)
        }
        var outcomes: [EntryOutcome] = []
        for message in messages {
          let outcome = try answer(message, call)
          if case .taken = outcome { self.state.withLock { $0.taken.append(message) } }
          outcomes.append(outcome)
        }
        return outcomes
      }
    }
  }

  private static func cluster(_ service: Service) throws -> SimulatedCluster {
    try SimulatedCluster(nodes: 1, shardCount: 2, seed: 1, store: MemoryStore()) {
      $0.register(Cart.self)
      let sink = service.sink
      $0.subscribe("made-up", toBatchesOf: .carts) { deliveries, _ in
        let messages = deliveries.map { delivery in
          guard case .added(let sku, _) = delivery.message.change else { return SinkMessage(delivery, document: [:]) }
          return SinkMessage(delivery, document: ["sku": .string(sku)])
        }
        try await sink.send(messages, of: "cart.events")
      }
    }
  }

  private static func fill(_ cluster: SimulatedCluster) throws {
    try cluster.run { shop in
      for sku in ["mug", "poison", "tea"] {
        for cart in ["a", "b", "c"] { _ = try await shop.entity(Cart.self, cart).add(sku, quantity: 1) }
      }
    }
  }

  @Test func whatIsRefusedBecomesADeadLetterAndTheRestComesOnceAndInOrder() throws {
    let service = Service()
    service.answer { message, _ throws(AWSError) in
      message.entity == "b" && EntryOutcome.sku(message) == "poison"
        ? .refused(code: "InvalidMessageContents", message: "no", isSendersFault: true) : .taken("x")
    }
    let cluster = try Self.cluster(service)
    try Self.fill(cluster)
    cluster.advance(by: .seconds(60))
    for (cart, expected) in [("a", ["mug", "poison", "tea"]), ("b", ["mug", "tea"]), ("c", ["mug", "poison", "tea"])] {
      #expect(service.texts.filter { $0.hasPrefix("\(cart) ") } == expected.map { "\(cart) \($0)" })
    }
    let letters = try cluster.run { try await $0.entity(DeadLetters.self, "made-up").list() }
    #expect(letters.map(\.entity) == ["b"] && letters.first?.error == "InvalidMessageContents: no" && letters.first?.attempts == 8)
    service.answer { _, _ in .taken("x") }
    let id = letters[0].id
    try cluster.run { try await $0.entity(DeadLetters.self, "made-up").redrive(id) }
    cluster.advance(by: .seconds(5))
    #expect(service.texts.last == "b poison" && Set(service.state.withLock { $0.taken.map(\.key) }).count == 9)
  }

  @Test func whileTheServiceThrottlesOrIsAwayEverythingWaits() throws {
    let service = Service()
    service.answer { message, call throws(AWSError) in
      if call % 3 == 0 { throw .noAnswer("timeout") }
      return .refused(code: "ThrottlingException", message: "", isSendersFault: false)
    }
    let cluster = try Self.cluster(service)
    try Self.fill(cluster)
    cluster.advance(by: .seconds(600))
    let report = try #require(try cluster.run { try await $0.consumers() }.first)
    #expect(report.deadLetters == 0 && report.state == .retrying && report.lag > 0)
    service.answer { _, _ in .taken("x") }
    cluster.advance(by: .seconds(60))
    for cart in ["a", "b", "c"] {
      #expect(service.texts.filter { $0.hasPrefix("\(cart) ") } == ["mug", "poison", "tea"].map { "\(cart) \($0)" })
    }
    #expect(try cluster.run { try await $0.consumers() }.first?.lag == 0)
  }

  // MARK: The emulator

  private static func configuration() throws -> AWSConfiguration {
    AWSConfiguration(
      region: "eu-central-1", endpoint: try EmulatorProcess.shared.get().endpoint,
      credentials: .fixed(AWSCredentials(accessKey: "test", secretKey: "test")))
  }

  private static let messages = (0..<24).map { number in
    SinkMessage(
      key: "g/1/\(number)/0", entity: "cart \(number % 2)", offset: Offset(UInt64(number)),
      document: ["number": .number(JSONNumber(number))])
  }

  @Test(.timeLimit(.minutes(2))) func aQueueKeepsTheOrderOfEachEntityAndTakesEachKeyOnce() async throws {
    let raw = try AWSClient(.sqs, Self.configuration())
    let made = try await raw.call(
      "CreateQueue", ["QueueName": "carts.fifo", "Attributes": ["FifoQueue": "true"]], until: .after(.seconds(60)))
    let url = EntryOutcome.string(made["QueueUrl"])
    let sink = try AWSSink.queue(url, Self.configuration())
    try await sink.send(Self.messages, of: "t")
    try await sink.send(Self.messages, of: "t")
    var numbers: [String: [Int64]] = [:]
    while true {
      let answer = try await raw.call(
        "ReceiveMessage", ["QueueUrl": .string(url), "MaxNumberOfMessages": 10, "AttributeNames": ["MessageGroupId"]],
        until: .after(.seconds(60)))
      guard case .array(let received)? = answer["Messages"], !received.isEmpty else { break }
      for case .object(let message) in received {
        guard case .object(let attributes)? = message["Attributes"] else { continue }
        let body = try JSONValue(parsing: Array(EntryOutcome.string(message["Body"]).utf8), limits: JSONLimits(bytes: 1 << 20))
        guard case .object(let document) = body, case .number(let number)? = document["number"] else { continue }
        numbers[EntryOutcome.string(attributes["MessageGroupId"]), default: []].append(Int64(number.double))
        _ = try await raw.call(
          "DeleteMessage", ["QueueUrl": .string(url), "ReceiptHandle": .string(EntryOutcome.string(message["ReceiptHandle"]))],
          until: .after(.seconds(60)))
      }
    }
    #expect(numbers.count == 2)
    for even in [true, false] {
      let own = numbers[AWSSink.plain("cart \(even ? 0 : 1)")]
      #expect(own == (0..<24).filter { ($0 % 2 == 0) == even }.map(Int64.init), "\(numbers)")
    }
    await raw.close()
  }

  @Test(.timeLimit(.minutes(2))) func aStreamGetsEverything() async throws {
    let raw = try AWSClient(.kinesis, Self.configuration())
    _ = try await raw.call("CreateStream", ["StreamName": "carts", "ShardCount": 1], until: .after(.seconds(60)))
    try await AWSSink.stream("carts", Self.configuration()).send(Self.messages, of: "t")
    let made = try await raw.call(
      "GetShardIterator", ["StreamName": "carts", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"],
      until: .after(.seconds(60)))
    let answer = try await raw.call(
      "GetRecords", ["ShardIterator": .string(EntryOutcome.string(made["ShardIterator"]))], until: .after(.seconds(60)))
    guard case .array(let records)? = answer["Records"] else { return #expect(Bool(false)) }
    #expect(records.count == 24)
    await raw.close()
  }

  @Test(.timeLimit(.minutes(2))) func aBusTakesThem() async throws {
    try await AWSSink.bus("default", source: "shop", Self.configuration()).send(Self.messages, of: "t")
  }

  @Test(.timeLimit(.minutes(2))) func aQueueThatIsNotThereLosesNothing() async throws {
    let sink = try AWSSink.queue("\(EmulatorProcess.shared.get().endpoint)/123456789012/nowhere", Self.configuration())
    let left = await #expect(throws: MessagesLeft.self) { try await sink.send(Self.messages, of: "t") }
    #expect(left?.canWait == true && left?.offsets.count == 24)
  }
}

extension EntryOutcome {
  fileprivate static func string(_ value: JSONValue?) -> String {
    if case .string(let text)? = value { text } else { "" }
  }

  fileprivate static func sku(_ message: SinkMessage) -> String { string(message.document["sku"]) }
}
