// Waits for one signal, without a thread of its own.
@preconcurrency import Dispatch

final class DispatchSignal: Sendable {
  private let stream: AsyncStream<Void>

  init(_ number: Int32) {
    stream = AsyncStream { continuation in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield() }
      continuation.onTermination = { _ in source.cancel() }
      source.resume()
    }
  }

  func wait() async {
    for await _ in stream { return }
  }
}
