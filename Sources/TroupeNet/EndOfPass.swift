// Who wants to act once a pass of the loop has run dry; links do, to write everything in one go.

/// Something that an `EventLoop` tells when the current pass has no more work. See `EventLoop.atEndOfPass(_:)`.
public protocol EndOfPass: AnyObject {
  /// May send, close and hand work to the loop; work handed over here begins another pass.
  func passEnded()
}
