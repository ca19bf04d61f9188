// One request and its answer, on async-http-client: bounded in time and in bytes, never following a redirect, never retrying.
import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix

final class HTTPExchange: Sendable {
  struct Answer: Sendable {
    let status: Int
    let body: [UInt8]
    let errorType: String?
  }

  /// Connections to one host: what waits beyond them waits within its own time limit.
  static let connections = 128
  /// Until a connection must stand: a good one takes milliseconds.
  private static let connectLimit: Duration = .seconds(2)

  private let client: HTTPClient

  init() {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
    configuration.timeout.connect = TimeAmount(Self.connectLimit)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connections
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  func close() async { try? await client.shutdown() }

  func send(
    _ method: String, _ url: String, headers: [(name: String, value: String)], body: [UInt8], until deadline: AWSDeadline,
    answerLimit: Int = 1 << 20
  ) async throws(AWSError) -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
    let task = Task { [client, request] in
      let response = try await client.execute(request, deadline: deadline.at)
      let bytes = try await response.body.collect(upTo: answerLimit)
      let type = response.headers.first(name: "X-Amzn-ErrorType")
      return Answer(status: Int(response.status.code), body: Array(bytes.readableBytesView), errorType: type)
    }
    // The client's own deadline ends with the answer's head; this one also ends a body that drips.
    let timer = client.eventLoopGroup.any().scheduleTask(deadline: deadline.at) { task.cancel() }
    defer { timer.cancel() }
    switch await task.result {
    case .success(let answer): return answer
    case .failure(let error): throw Self.reading(error)
    }
  }

  /// Waits without a thread.
  func pause(_ duration: Duration) async {
    try? await client.eventLoopGroup.any().scheduleTask(in: TimeAmount(duration)) {}.futureResult.get()
  }

  private static func reading(_ error: any Error) -> AWSError {
    switch error {
    case let error as HTTPClientError where [.connectTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown].contains(error):
      .notSent("no connection: \(error.shortDescription)")
    case is NIOConnectionError: .notSent("no connection: nobody listens there, or the name is not known")
    case is NIOTooManyBytesError: .unreadable("the answer is larger than it may be")
    // Only a connection that does not come about is refused.
    case let error as IOError where error.errnoCode == ECONNREFUSED: .notSent("no connection: nobody listens there")
    case let error as HTTPClientError: .noAnswer("no answer: \(error.shortDescription)")
    case is CancellationError: .noAnswer("no answer in time")
    default: .noAnswer("no answer: \(type(of: error))")
    }
  }
}
