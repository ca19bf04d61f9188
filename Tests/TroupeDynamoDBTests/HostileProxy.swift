// Stands between a store and the emulator and does what networks and DynamoDB do: throttles, fails, forwards and loses the answer,
// or holds a request back and lets it through after its caller has given up.
import AsyncHTTPClient
import Hummingbird
import NIOCore
import Synchronization

final class HostileProxy: Sendable {
  enum Fault: Sendable, Equatable {
    case none
    /// A refusal: nothing is forwarded.
    case refuse(String)
    /// 500, with nothing forwarded.
    case fail
    /// Forwarded; the answer is 500 all the same.
    case failAfter
    /// Forwarded; no answer ever comes.
    case loseAnswer
    /// No answer ever comes; forwarded by `releaseHeld`, whenever that is.
    case hold
  }

  private struct State {
    var faults: @Sendable (String, Int) -> Fault = { _, _ in .none }
    var counts: [String: Int] = [:]
    var held: [HTTPClientRequest] = []
  }

  let url: String
  private let task: Task<Void, Never>
  private let state: Shared
  private let client: HTTPClient

  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  init(to endpoint: String) async throws {
    let shared = Shared()
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let (ports, send) = AsyncStream<Int>.makeStream()
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let operation = (request.headers[.init("x-amz-target")!] ?? "").split(separator: ".").last.map(String.init) ?? ""
      var forwarded = HTTPClientRequest(url: endpoint + "/")
      forwarded.method = .POST
      for header in request.headers { forwarded.headers.add(name: header.name.rawName, value: header.value) }
      forwarded.body = .bytes(try await request.body.collect(upTo: 1 << 25))
      let fault = shared.state.withLock { state in
        state.counts[operation, default: 0] += 1
        let fault = state.faults(operation, state.counts[operation, default: 0])
        if fault == .hold { state.held.append(forwarded) }
        return fault
      }
      switch fault {
      case .refuse(let code):
        return Response(
          status: .badRequest,
          body: .init(byteBuffer: .init(string: #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(code)","message":""}"#)))
      case .fail: return Response(status: .internalServerError)
      case .hold: try await Self.wait()
      case .none, .failAfter, .loseAnswer: break
      }
      let answer = try await client.execute(forwarded, timeout: .seconds(60))
      let body = try await answer.body.collect(upTo: 1 << 25)
      if fault == .loseAnswer { try await Self.wait() }
      return Response(
        status: fault == .failAfter ? .internalServerError : .init(code: Int(answer.status.code)), body: .init(byteBuffer: body))
    }
    let app = Application(
      responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { send.yield($0.localAddress?.port ?? 0) })
    task = Task { try? await app.run() }
    let port = await ports.first { _ in true } ?? 0
    (url, state, self.client) = ("http://127.0.0.1:\(port)", shared, client)
  }

  /// Decides by the operation's name and how many of it came, this one included, since this was set.
  func set(_ faults: @escaping @Sendable (String, Int) -> Fault) {
    state.state.withLock { ($0.faults, $0.counts) = (faults, [:]) }
  }

  func count(_ operation: String) -> Int { state.state.withLock { $0.counts[operation] ?? 0 } }

  /// Lets through what was held back, in order, and waits until it is done.
  func releaseHeld() async throws {
    let held = state.state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for request in held { _ = try await client.execute(request, timeout: .seconds(60)).body.collect(upTo: 1 << 25) }
  }

  func close() async {
    task.cancel()
    try? await client.shutdown()
  }

  /// Until the task is cancelled.
  private static func wait() async throws {
    let (stream, send) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    send.finish()
    throw CancellationError()
  }
}
