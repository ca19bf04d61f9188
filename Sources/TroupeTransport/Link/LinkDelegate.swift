// What the runtime above hears from a link, and what a link asks of it.
import TroupeNet
import TroupeWire

/// Hears from links, on their loop, one thing at a time.
///
/// For each link: `linkOpened` at most once, then calls, questions and epochs, then `linkClosed` exactly once and nothing after.
/// A link that never opened hears `linkClosed` alone. The views handed over end with the call.
public protocol LinkDelegate: AnyObject {
  /// A peer calls an entity. Answer with `link.reply`, now or later, exactly once.
  func link(_ link: Link, received call: borrowing IncomingCall)

  /// A large call begins to arrive: its first bytes are here, `missing` are not. Where in its arguments the length of a last byte array
  /// stands which this side can take apart from the rest; nil when there is none. Such a call comes with `received(_:_:)`.
  func link(_ link: Link, findLarge call: borrowing IncomingCall, missing: Int) -> Range<Int>?

  /// The same as `received`, but the last argument of the call, length and all, is not among its arguments: it is `large`.
  func link(_ link: Link, received call: borrowing IncomingCall, _ large: LargeBytes)

  /// The caller does not wait for a call any more. It is answered all the same, exactly once.
  func link(_ link: Link, cancelled request: UInt32)

  /// A peer asks about the cluster. Answer with `link.answer`, now or later, exactly once.
  func link(_ link: Link, asked request: UInt32, _ topic: AskTopic, _ payload: RawSpan)

  /// The peer knows a view with this epoch.
  func link(_ link: Link, epoch: UInt64)

  /// Both sides know each other; `link.peer` says who it is.
  func linkOpened(_ link: Link)

  /// The link is gone; every call on it has been told. Worth a line in the log: the reason has a stable code.
  func linkClosed(_ link: Link, _ reason: CloseReason)

  /// Whether calls and replies may leave now: the lease, read on a fresh clock. Asked once before each write. While it says no they
  /// are kept and it is asked again; HELLO, signs of life, questions and answers leave regardless.
  func linkMayFlush(_ link: Link) -> Bool
}

extension LinkDelegate {
  public func link(_ link: Link, findLarge call: borrowing IncomingCall, missing: Int) -> Range<Int>? { nil }
  public func link(_ link: Link, received call: borrowing IncomingCall, _ large: LargeBytes) {
    preconditionFailure("whoever finds large arguments takes them")
  }
  public func link(_ link: Link, cancelled request: UInt32) {}
  public func link(_ link: Link, epoch: UInt64) {}
  public func linkOpened(_ link: Link) {}
}
