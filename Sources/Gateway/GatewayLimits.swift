// Everything that a client outside can make us hold has a bound, and the bounds stand here.

import NIOCore

/// What the gateway accepts from outside, per connection and in all.
public struct GatewayLimits: Sendable {
  /// Bytes of one request body. 1 MiB: a thousand cart lines are 60 KB. More is answered 413 without being read.
  public var bodyBytes = 1 << 20
  /// Bytes of one header field. 8 KiB holds any cookie or token that we would ever set.
  public var headerFieldBytes = 8 << 10
  /// Bytes of the request line and all header fields. 32 KiB, so that an address of 10 KB still gets an answer that explains itself.
  public var headBytes = 32 << 10
  /// Header fields of one request.
  public var headerCount = 100
  /// From accepting a connection to its first complete head. Browsers that open a connection ahead of need lose it, and open another.
  public var headTime: Duration = .seconds(10)
  /// From a request's head to the end of its body: 1 MiB at 280 kbit/s.
  public var bodyTime: Duration = .seconds(30)
  /// Without a request on a kept-alive connection.
  public var idleTime: Duration = .seconds(60)
  /// Open connections of one listener. About 20 KB each: 80 MB when full; more wait in the kernel's backlog.
  public var connections = 4_096
  /// Connections that the kernel holds before we accept them.
  public var backlog = 1_024
  /// After an early refusal the connection stays open this long and is read this far, so that the client sees the answer and not a reset.
  public var lingerTime: Duration = .seconds(2)
  public var lingerBytes = 256 << 10
  /// Bytes of an entity's id once decoded. The wire would carry 64 KiB; nobody has meant one of more than 512.
  public var idBytes = 512
  /// Streams of the live page. Each costs one small write a second.
  public var liveStreams = 256
  /// A live stream ends after this long, and the browser asks for a new one: so that none outlives its reader for ever.
  public var liveTime: Duration = .seconds(600)
  /// Entities that one page of a listing holds at most, and when nothing is said.
  public var listed = 1_000
  public var listedByDefault = 100
  /// How long one call into the cluster may take.
  public var callTime: Duration = .seconds(5)

  public init() {}
}

extension TimeAmount {
  init(duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
