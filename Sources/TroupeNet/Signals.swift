// Signals of the process (SIGTERM, SIGINT, SIGHUP) as work on a loop.
import CLibuv

/// Turns signals into calls on a loop, for as long as the loop runs.
public enum Signals {
  /// From now on each of `signals` runs `body` on `loop` in place of its default action. From any thread.
  public static func handle(_ signals: [Int32], on loop: UVLoop, _ body: @escaping @Sendable (Int32) -> Void) {
    loop.execute {
      for signal in signals { SignalWatcher(loop, signal, body) }
    }
  }
}

private final class SignalWatcher: LoopResident {
  private let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
  private let loop: UVLoop
  private let body: @Sendable (Int32) -> Void
  private var isClosing = false

  @discardableResult
  init(_ loop: UVLoop, _ signal: Int32, _ body: @escaping @Sendable (Int32) -> Void) {
    self.loop = loop
    self.body = body
    uv_signal_init(loop.uv, handle)
    handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    loop.residents[ObjectIdentifier(self)] = self
    uv_signal_start(
      handle,
      { handle, signal in
        let watcher = SignalWatcher.of(handle?.pointee.data)
        watcher.loop.pass { watcher.body(signal) }
      }, signal)
  }

  deinit { handle.deallocate() }

  func loopStops() {
    guard !isClosing else { return }
    isClosing = true
    uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
      let watcher = SignalWatcher.of(handle?.pointee.data)
      watcher.loop.residents[ObjectIdentifier(watcher)] = nil
    }
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> SignalWatcher {
    guard let data else { preconditionFailure("libuv called back without a watcher") }
    return Unmanaged<SignalWatcher>.fromOpaque(data).takeUnretainedValue()
  }
}
