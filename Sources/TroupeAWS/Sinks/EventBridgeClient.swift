// Events to a bus of EventBridge, in batches.
public import TroupeJSON

public struct BridgeEvent: Hashable, Sendable {
  public var source: String
  public var type: String
  /// A JSON object.
  public var detail: JSONObject

  public init(source: String, type: String, detail: JSONObject) {
    (self.source, self.type, self.detail) = (source, type, detail)
  }
}

public struct EventBridgeClient: Sendable {
  /// EventBridge's own limits of a call.
  public static let batchEvents = 10
  public static let batchBytes = 256 << 10

  private let client: AWSClient

  public init(_ configuration: AWSConfiguration) throws(AWSError) { client = try AWSClient(.eventBridge, configuration) }

  /// Puts them in one call; the outcomes stand in the order of the events. A call that throws may have put any of them, and one
  /// that is repeated puts them twice: the receivers tell them apart by what is in `detail`.
  public func put(_ events: [BridgeEvent], on bus: String, until deadline: AWSDeadline) async throws(AWSError) -> [EntryOutcome] {
    let entries = events.map { event -> JSONValue in
      [
        "EventBusName": .string(bus), "Source": .string(event.source), "DetailType": .string(event.type),
        "Detail": .string(JSONValue.object(event.detail).text),
      ]
    }
    let answer = try await client.call("PutEvents", ["Entries": .array(entries)], until: deadline)
    return try EntryOutcome.inOrder(
      answer, "Entries", id: "EventId", count: events.count, passing: ["InternalFailure", "InternalException", "ThrottlingException"])
  }

  public func close() async { await client.close() }
}
