// Messages to a queue of SQS, in batches.
import TroupeJSON

public struct SQSMessage: Hashable, Sendable {
  public var body: String
  /// Of FIFO queues: messages of a group are delivered in order, and one id is taken once in five minutes.
  public var group: String?
  public var deduplication: String?

  public init(body: String, group: String? = nil, deduplication: String? = nil) {
    (self.body, self.group, self.deduplication) = (body, group, deduplication)
  }
}

public struct SQSClient: Sendable {
  /// SQS's own limits of a call.
  public static let batchMessages = 10
  public static let batchBytes = 256 << 10

  private let client: AWSClient

  public init(_ configuration: AWSConfiguration) throws(AWSError) { client = try AWSClient(.sqs, configuration) }

  /// Sends them in one call; the outcomes stand in the order of the messages. A call that throws may have sent any of them.
  public func send(_ messages: [SQSMessage], to queueURL: String, until deadline: AWSDeadline) async throws(AWSError) -> [EntryOutcome] {
    let entries = messages.enumerated().map { index, message -> JSONValue in
      var entry: JSONObject = ["Id": .string("\(index)"), "MessageBody": .string(message.body)]
      if let group = message.group { entry.append("MessageGroupId", .string(group)) }
      if let id = message.deduplication { entry.append("MessageDeduplicationId", .string(id)) }
      return .object(entry)
    }
    let answer = try await client.call("SendMessageBatch", ["QueueUrl": .string(queueURL), "Entries": .array(entries)], until: deadline)
    var outcomes: [EntryOutcome?] = Array(repeating: nil, count: messages.count)
    for list in ["Successful", "Failed"] {
      guard case .array(let results)? = answer[list] else { continue }
      for result in results {
        guard case .object(let object) = result, let index = Int(EntryOutcome.text(object["Id"])), outcomes.indices.contains(index) else {
          throw .unreadable("an answer for a message that was not sent")
        }
        outcomes[index] =
          list == "Successful"
          ? .taken(EntryOutcome.text(object["MessageId"]))
          : .refused(
            code: EntryOutcome.text(object["Code"]), message: EntryOutcome.text(object["Message"]),
            isSendersFault: object["SenderFault"] == true)
      }
    }
    let known = outcomes.compactMap(\.self)
    guard known.count == messages.count else { throw .unreadable("an answer for another number of messages") }
    return known
  }

  public func close() async { await client.close() }
}
