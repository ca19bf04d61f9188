// A stream of bytes to one peer, and the door through which such streams come in.

/// A connection that lives on one loop. Not `Sendable`: every member is for its loop only.
///
/// The loop keeps a connection alive until its handler has heard `closed`.
public protocol Connection: AnyObject {
  /// Who the peer's certificate says it is; known from `opened` on, `nil` without TLS.
  var peer: PeerIdentity? { get }

  /// The peer's address, once there is a connection.
  var remoteAddress: SocketAddress? { get }

  /// When the first of the two certificates of this connection runs out; `nil` without TLS and before `opened`.
  var validUntil: WallTime? { get }

  /// What the deny-list says of the peer *now*: the entry that it falls under. Asks OpenSSL, so ask when the list has changed.
  var denial: DenyList.Entry? { get }

  /// Bytes that `send` took and the kernel did not yet take. Above `ConnectionLimits.output` the connection closes.
  var pendingBytes: Int { get }

  /// Sends `bytes`, in order: copied or encrypted at once and offered to the kernel at once; the rest is queued.
  ///
  /// Each call costs a system call and at least one TLS record, so gather small frames first. After `close` it does
  /// nothing; before `opened` it traps.
  func send(_ bytes: RawSpan)

  /// Stops `received` (at once, also for bytes that have already arrived) until `resumeReading`. The peer's end, or an
  /// error, may go unnoticed meanwhile.
  func pauseReading()

  /// Goes on reading. Bytes that were left over are shown again in a later step of the loop.
  func resumeReading()

  /// Ends the connection. Queued bytes and the TLS farewell get `ConnectionLimits.linger` to leave; from now on the handler
  /// hears only `closed`, with this reason, in a later step of the loop. Closing twice keeps the first reason.
  func close(_ reason: CloseReason)
}

extension Connection {
  public var validUntil: WallTime? { nil }
  public var denial: DenyList.Entry? { nil }
}

/// A listening socket; lives on its loop.
public protocol Listener: AnyObject {
  /// Where it listens, with the port that was really taken.
  var address: SocketAddress { get }

  /// Hears, once each time, that nothing can be accepted for now, in a sentence of the system's, and `nil` when it can be again.
  /// Who has come meanwhile waits in the kernel. Never called where a system has no bounds.
  var whenExhausted: ((String?) -> Void)? { get set }

  /// Stops accepting. Connections that were accepted stay.
  func close()
}

extension Listener {
  public var whenExhausted: ((String?) -> Void)? {
    get { nil }
    set {}
  }
}

/// Bounds of every connection; each exists so that a peer cannot make us hold memory or wait without end.
public enum ConnectionLimits {
  /// Unconsumed input, bytes: the largest frame (16 MiB) with room for its head. Past it: `.inputLimit`.
  public static let input = 17 << 20

  /// Output that the kernel has not taken, bytes. Links refuse calls at half of it, so reaching this is a fault: `.outputLimit`.
  public static let output = 64 << 20

  /// `drained` is told when the output falls under this many bytes, having been above.
  public static let lowWater = 256 << 10

  /// From the first packet to the end of the TLS handshake.
  public static let handshake: Duration = .seconds(5)

  /// How long queued output may take to leave after `close`.
  public static let linger: Duration = .seconds(1)
}
