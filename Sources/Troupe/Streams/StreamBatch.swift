// What consumer and entity say to each other about a stream; `protocols/streams.md` has the bytes.

/// The limits of one stream.
enum StreamLimits {
  /// Bytes of items that the entity's side holds until the consumer has them: what the consumer asks for, within these.
  static let windows = 1_024...1_048_576
  static let usualWindow = 256 << 10
  /// What an item counts beside its bytes, so that empty ones are bounded too.
  static let itemOverhead = 16
  /// How long one pull may wait for an item; answered empty well before.
  static let pull: Duration = .seconds(10)
  /// A consumer that has not pulled for so long is gone.
  static let silence: Duration = .seconds(30)
  /// Streams that one loop serves at once. Each may hold a window of memory.
  static let open = 16_384
}

/// "I have every item below `from`; send me more, up to `credit` bytes."
@Wire struct StreamPull: Equatable {
  var ticket: UInt64
  var from: UInt64
  var credit: UInt64
}

/// The items from the pull's `from` on. None and no end: nothing has come yet.
@Wire struct StreamBatch: Equatable {
  var items: [[UInt8]]
  var end: StreamEnd?
}

/// Behind the last item.
@Wire enum StreamEnd: Equatable {
  case finished
  /// The entity's own error, encoded.
  case failure([UInt8])
  /// Another error: a sentence.
  case fault(String)
  /// The stream cannot go on here: a sentence. What was not delivered may be had by opening it again.
  case lost(String)
}
