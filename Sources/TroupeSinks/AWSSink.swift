// Messages of a topic to SQS, EventBridge or Kinesis: as many in one call as the service takes, and of a call that was taken in part only
// the rest again.

import Crypto
import Foundation
import Troupe
public import TroupeAWS
import TroupeJSON

/// A queue, a bus or a stream.
///
/// ```swift
/// let sink = try AWSSink.queue("https://sqs.eu-central-1.amazonaws.com/123/carts.fifo", AWSConfiguration())
/// registry.subscribe("sqs", toBatchesOf: .carts) { deliveries, _ in
///   try await sink.send(deliveries.map { SinkMessage($0, document: $0.message.json) }, of: "cart.events")
/// }
/// ```
/// - At least once: the key stands in each document as `id`. A FIFO queue drops what comes again within five minutes.
/// - In order an entity in FIFO queues (the entity is the group) and in streams (it is the partition key). Other queues and buses have none.
/// - A message that the service refuses for what it is becomes a dead letter. While the service throttles, does not answer, or knows
///   neither us nor the queue, the messages wait.
public struct AWSSink: Sendable {
  typealias Send = @Sendable (_ messages: [SinkMessage], _ topic: String) async throws(AWSError) -> [EntryOutcome]

  /// Within which one call must be answered.
  static let patience: Duration = .seconds(10)
  /// Bytes of the entry around its document, about.
  private static let overhead = 1_024

  private let limits: SinkRun.Limits
  private let call: Send

  init(_ limits: SinkRun.Limits, _ call: @escaping Send) { (self.limits, self.call) = (limits, call) }

  /// A queue by its URL; one that ends in `.fifo` keeps the order of each entity.
  public static func queue(_ url: String, _ configuration: AWSConfiguration) throws(AWSError) -> AWSSink {
    let client = try SQSClient(configuration)
    let isFIFO = url.hasSuffix(".fifo")
    let bytes = SQSClient.batchBytes
    return AWSSink(.init(count: SQSClient.batchMessages, bytes: bytes, entryBytes: bytes, keepsOrder: isFIFO)) {
      messages, _ throws(AWSError) in
      let entries = messages.map {
        SQSMessage(
          body: $0.text, group: isFIFO ? Self.plain($0.entity) : nil, deduplication: isFIFO ? Self.plain($0.key) : nil)
      }
      return try await client.send(entries, to: url, until: .after(patience))
    }
  }

  /// A bus by its name. The events' source is given, their type is the topic.
  public static func bus(_ name: String, source: String, _ configuration: AWSConfiguration) throws(AWSError) -> AWSSink {
    let client = try EventBridgeClient(configuration)
    let bytes = EventBridgeClient.batchBytes
    return AWSSink(.init(count: EventBridgeClient.batchEvents, bytes: bytes, entryBytes: bytes, keepsOrder: false)) {
      messages, topic throws(AWSError) in
      let events = messages.map { message in
        var detail: JSONObject = ["id": .string(message.key)]
        for member in message.document.members where member.name != "id" { detail.append(member.name, member.value) }
        return BridgeEvent(source: source, type: topic, detail: detail)
      }
      return try await client.put(events, on: name, until: .after(patience))
    }
  }

  /// A stream by its name. The entity is the partition key.
  public static func stream(_ name: String, _ configuration: AWSConfiguration) throws(AWSError) -> AWSSink {
    let client = try KinesisClient(configuration)
    let limits = SinkRun.Limits(
      count: KinesisClient.batchRecords, bytes: KinesisClient.batchBytes, entryBytes: 1 << 20, keepsOrder: true)
    return AWSSink(limits) { messages, _ throws(AWSError) in
      let records = messages.map { KinesisRecord(key: Self.plain($0.entity), data: Array($0.text.utf8)) }
      return try await client.put(records, to: name, until: .after(patience))
    }
  }

  /// Sends them. Throws `MessagesLeft` with those that were not taken.
  nonisolated(nonsending) public func send(_ messages: [SinkMessage], of topic: String) async throws {
    var run = SinkRun(messages, limits: limits) { $0.text.utf8.count + Self.overhead }
    while true {
      let entries = run.next()
      guard !entries.isEmpty else { break }
      do throws(AWSError) {
        run.answered(entries, try await call(entries, topic))
      } catch {
        run.failed(entries, error)
      }
    }
    if let left = run.left { throw left }
  }

  /// What may name a group or a key: 128 printable characters of ASCII. Anything else goes by its hash.
  static func plain(_ text: String) -> String {
    let longest = 128
    if (1...longest).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) { return text }
    return SHA256.hash(data: Array(text.utf8)).map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
  }
}
