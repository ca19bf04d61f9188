// One attempt to connect, without blocking: names on libuv's threads, then libpq's own steps whenever its socket is ready.
// libpq may change the socket between two steps, so each step gets a watch of its own.
import CPostgres
import TroupeNet

final class Dial {
  /// For everything from the name to the server's greeting.
  static let limit: Duration = .seconds(3)

  private let loop: UVLoop
  private let conninfo: Conninfo
  private var done: ((Result<OpaquePointer, PostgresFailure>) -> Void)?
  private var connection: OpaquePointer?
  private var poll: LoopPoll?
  private var alarm: LoopTimer?

  /// `done` hears a connection, which is its from then on, or why there is none; unless cancelled.
  init(_ loop: UVLoop, _ conninfo: Conninfo, done: @escaping (Result<OpaquePointer, PostgresFailure>) -> Void) {
    self.loop = loop
    self.conninfo = conninfo
    self.done = done
    alarm = loop.schedule(after: Self.limit) { [weak self] in
      self?.finish(.failure(PostgresFailure(message: "\(conninfo.place) did not answer within \(Self.limit)")))
    }
    resolve(conninfo.hostsToResolve[...], [])
  }

  func cancel() {
    done = nil
    release()
  }

  private func resolve(_ hosts: ArraySlice<String>, _ found: [String]) {
    guard let host = hosts.first else { return start(found) }
    loop.resolve(host) { [weak self] result in
      guard let self, done != nil else { return }
      switch result {
      case .success(let address): resolve(hosts.dropFirst(), found + [address])
      case .failure(let reason): finish(.failure(PostgresFailure(message: "\(reason)")))
      }
    }
  }

  private func start(_ addresses: [String]) {
    connection = conninfo.at(addresses).withArrays { PQconnectStartParams($0, $1, 0) }
    guard let connection else { return finish(.failure(PostgresFailure(message: "there is no memory for a connection"))) }
    guard PQstatus(connection) != CONNECTION_BAD else { return failed() }
    // libpq says it wants to write first.
    wait(for: .writable)
  }

  private func wait(for interest: LoopPoll.Readiness) {
    do throws(NetError) {
      poll = try LoopPoll(loop, descriptor: PQsocket(connection)) { [weak self] _ in self?.step() }
      poll?.watch(interest)
    } catch {
      finish(.failure(PostgresFailure(message: error.description)))
    }
  }

  private func step() {
    poll?.close()
    poll = nil
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING: wait(for: .readable)
    case PGRES_POLLING_WRITING: wait(for: .writable)
    case PGRES_POLLING_OK: succeeded()
    default: failed()
    }
  }

  private func succeeded() {
    guard let connection else { return }
    guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else { return failed() }
    self.connection = nil
    finish(.success(connection))
  }

  private func failed() { finish(.failure(PostgresFailure(message: String(cString: PQerrorMessage(connection))))) }

  private func finish(_ result: Result<OpaquePointer, PostgresFailure>) {
    let done = done
    self.done = nil
    release()
    done?(result)
  }

  private func release() {
    alarm?.cancel()
    alarm = nil
    poll?.close()
    poll = nil
    PQfinish(connection)
    connection = nil
  }
}
