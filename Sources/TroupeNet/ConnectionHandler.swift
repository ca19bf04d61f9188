// The user of a connection: what the loop tells it, and when.

/// Hears what happens on one connection, on its loop.
///
/// Order: `opened` at most once, then `received` and `drained` in any number, then `closed` exactly once and nothing after it.
/// A connection whose handshake fails hears `closed` alone. None of these is called from inside `send` or `close`.
public protocol ConnectionHandler: AnyObject {
  /// The handshake is done and the peer is known: `send` may be used from now on.
  func opened(_ connection: any Connection)

  /// Bytes have arrived. Returns how many were consumed; the rest is shown again with more behind it.
  ///
  /// `bytes` is never empty and ends with the call. Leaving more than `ConnectionLimits.input` closes the connection.
  func received(_ bytes: RawSpan, on connection: any Connection) -> Int

  /// `pendingBytes` has fallen under `ConnectionLimits.lowWater`, having been above it.
  func drained(_ connection: any Connection)

  /// The connection is gone. Whether bytes sent shortly before arrived is unknown.
  func closed(_ connection: any Connection, _ reason: CloseReason)
}

extension ConnectionHandler {
  public func drained(_ connection: any Connection) {}
}
