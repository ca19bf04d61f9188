// Records to a stream of Kinesis, in batches.
import Foundation
import TroupeJSON

public struct KinesisRecord: Hashable, Sendable {
  /// Records of one key go to one shard. Within one call their order is not promised.
  public var key: String
  public var data: [UInt8]

  public init(key: String, data: [UInt8]) { (self.key, self.data) = (key, data) }
}

public struct KinesisClient: Sendable {
  /// Kinesis's own limits of a call.
  public static let batchRecords = 500
  public static let batchBytes = 5 << 20

  private let client: AWSClient

  public init(_ configuration: AWSConfiguration) throws(AWSError) { client = try AWSClient(.kinesis, configuration) }

  /// Puts them in one call; the outcomes stand in the order of the records. A call that throws may have put any of them.
  public func put(_ records: [KinesisRecord], to stream: String, until deadline: AWSDeadline) async throws(AWSError) -> [EntryOutcome] {
    let entries = records.map { record -> JSONValue in
      ["PartitionKey": .string(record.key), "Data": .string(Data(record.data).base64EncodedString())]
    }
    let answer = try await client.call("PutRecords", ["StreamName": .string(stream), "Records": .array(entries)], until: deadline)
    return try EntryOutcome.inOrder(
      answer, "Records", id: "SequenceNumber", count: records.count,
      passing: ["ProvisionedThroughputExceededException", "InternalFailure"])
  }

  public func close() async { await client.close() }
}
