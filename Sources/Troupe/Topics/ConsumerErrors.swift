// What a consumer of batches can say beside "it failed": that nothing can be taken just now, or that some messages were taken and others
// not. Any other error means that every message of the batch comes again, one record at a time.

/// Thrown by a consumer that can take nothing at all just now: its database is away, its account is throttled. The messages wait, with
/// growing pauses, for as long as that takes, and none becomes a dead letter.
public struct ConsumerUnavailable: Error, CustomStringConvertible {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
  public var description: String { reason }
}

/// Thrown by a consumer of batches that took all messages but some: only those come again. The later messages of an entity whose message
/// was not taken must be among them, or they would overtake it.
public struct MessagesLeft: Error, CustomStringConvertible {
  /// Of the records of which a message was not taken, as the messages' positions have it.
  public let offsets: [Offset]
  public let reason: String
  /// Nothing is wrong with them: they come again together, with growing pauses, and none becomes a dead letter.
  public let canWait: Bool

  public init(_ offsets: [Offset], _ reason: String, canWait: Bool) {
    (self.offsets, self.reason, self.canWait) = (offsets, reason, canWait)
  }

  public var description: String { reason }
}
