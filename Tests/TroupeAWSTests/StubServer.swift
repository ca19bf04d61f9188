// A server of a test's own on loopback: each request is answered by a closure.
import Hummingbird
import Synchronization

final class StubServer: Sendable {
  struct Heard: Sendable {
    let method: String
    let path: String
    let target: String?
    let authorization: String?
    let body: String
  }

  struct Answer: Sendable {
    var status = HTTPResponse.Status.ok
    var body = "{}"
    /// It is never given.
    var isMissing = false
  }

  let url: String
  private let task: Task<Void, Never>
  private let log: Log
  var requests: [Heard] { log.heard.withLock { $0 } }

  private final class Log: Sendable {
    let heard = Mutex<[Heard]>([])
  }

  init(_ answer: @escaping @Sendable (Heard, Int) -> Answer) async throws {
    let log = Log()
    let (ports, send) = AsyncStream<Int>.makeStream()
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let body = try await request.body.collect(upTo: 1 << 24)
      let heard = Heard(
        method: request.method.rawValue, path: request.uri.description,
        target: request.headers[.init("x-amz-target")!], authorization: request.headers[.authorization], body: String(buffer: body))
      let count = log.heard.withLock { all in
        all.append(heard)
        return all.count
      }
      let answer = answer(heard, count)
      if answer.isMissing { try await Never.wait() }
      return Response(status: answer.status, body: .init(byteBuffer: .init(string: answer.body)))
    }
    let app = Application(
      responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { send.yield($0.localAddress?.port ?? 0) })
    task = Task { try? await app.run() }
    let port = await ports.first { _ in true } ?? 0
    url = "http://127.0.0.1:\(port)"
    self.log = log
  }

  deinit { task.cancel() }
}

extension Never {
  /// Until the task is cancelled.
  static func wait() async throws {
    let (stream, send) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    send.finish()
    throw CancellationError()
  }
}
