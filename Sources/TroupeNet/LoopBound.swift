// The one unchecked door for the layers above: a value that may travel as Sendable and may be used on one loop only.

/// A value of any type that lives on one loop. Every access checks, in release builds too, that it happens there.
///
/// It may be made anywhere, by handing over a value that nobody else uses. The value is released wherever the last copy goes
/// away, so it must not do loop-bound work in its `deinit`.
public struct LoopBound<Value>: @unchecked Sendable {
  // Sound because `stored` is reached through `value` alone, which lets only the loop's own thread pass.
  public let loop: any EventLoop
  @usableFromInline let token: LoopToken
  @usableFromInline let stored: Value

  public init(_ value: Value, on loop: any EventLoop) {
    stored = value
    self.loop = loop
    token = loop.token
  }

  /// The value. Traps when the caller is not on `loop`.
  @inlinable public var value: Value {
    if CurrentLoop.token != token { refuse() }
    return stored
  }

  @usableFromInline func refuse() -> Never {
    preconditionFailure("a value of loop \(loop.index) was used from loop \(CurrentLoop.index.map(String.init) ?? "none")")
  }
}
