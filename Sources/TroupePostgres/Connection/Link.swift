// A connection in pipeline mode: exchanges go out one behind the other, answers come back in their order. Non-blocking throughout.
// Its life: made from a connected PGconn, used until `close`, or until `lost` is called, once.
import CPostgres
import TroupeNet

final class Link {
  private let connection: OpaquePointer
  private var poll: LoopPoll?
  /// Sent, oldest first.
  private(set) var inFlight: [Exchange] = []
  private var answered: (Exchange) -> Void
  private var lost: (PostgresFailure) -> Void
  /// A warning arrived, which may say that a commit did not reach a standby.
  private var warning: String?

  /// Takes the connection over.
  init(
    _ loop: UVLoop, _ connection: OpaquePointer, answered: @escaping (Exchange) -> Void, lost: @escaping (PostgresFailure) -> Void
  ) throws(PostgresFailure) {
    self.connection = connection
    self.answered = answered
    self.lost = lost
    do throws(NetError) {
      poll = try LoopPoll(loop, descriptor: PQsocket(connection)) { [weak self] ready in self?.isReady(ready) }
    } catch {
      throw PostgresFailure(message: error.description)
    }
    PQsetNoticeReceiver(connection, { link, result in Link.notice(link, result) }, Unmanaged.passUnretained(self).toOpaque())
    poll?.watch(.readable)
  }

  deinit { PQfinish(connection) }

  /// What was in flight stays in `inFlight` for its owner to answer.
  func close() {
    poll?.close()
    poll = nil
  }

  private var isOpen: Bool { poll != nil }

  private func fail(_ failure: PostgresFailure? = nil) {
    guard isOpen else { return }
    let failure = failure ?? PostgresFailure(message: String(cString: PQerrorMessage(connection)))
    close()
    lost(failure)
  }

  // MARK: Sending

  /// Sent as far as the kernel takes it; the rest when it takes more.
  func send(_ exchange: Exchange) {
    guard isOpen else { return }
    inFlight.append(exchange)
    exchange.expectedAnswers += exchange.queries.count
    for query in exchange.queries {
      guard send(query) else { return fail() }
    }
    guard PQpipelineSync(connection) == 1 else { return fail() }
    flush()
  }

  /// A statement that is prepared with the others of an exchange; its answer has no rows.
  func prepare(_ statements: [Statement], then exchange: Exchange) {
    exchange.expectedAnswers = statements.count
    for statement in statements {
      guard PQsendPrepare(connection, statement.name, statement.sql, 0, nil) == 1 else { return fail() }
    }
    send(exchange)
  }

  private func send(_ query: Query) -> Bool {
    let parameters = query.parameters
    let formats = [Int32](repeating: 1, count: parameters.count)
    return parameters.bytes.withUnsafeBytes { bytes in
      // libpq takes a null pointer for NULL, and an empty buffer may have no address.
      let base = bytes.baseAddress ?? UnsafeRawPointer(Link.nothing)
      var values: [UnsafePointer<CChar>?] = []
      var lengths: [Int32] = []
      var start = 0
      for end in parameters.ends {
        values.append((base + start).assumingMemoryBound(to: CChar.self))
        lengths.append(Int32(end - start))
        start = end
      }
      return PQsendQueryPrepared(connection, query.statement.name, Int32(parameters.count), values, lengths, formats, 1) == 1
    }
  }

  // Never written to, and never freed.
  nonisolated(unsafe) private static let nothing = UnsafeMutablePointer<CChar>.allocate(capacity: 1)

  private func flush() {
    guard isOpen else { return }
    switch PQflush(connection) {
    case 0: poll?.watch(.readable)
    case 1: poll?.watch([.readable, .writable])
    default: fail()
    }
  }

  // MARK: Receiving

  private func isReady(_ ready: LoopPoll.Readiness) {
    if ready.contains(.readable) {
      // What arrived before the end counts: a commit that was answered, or why the server ended.
      let isIntact = PQconsumeInput(connection) == 1
      let complaint = isIntact ? "" : String(cString: PQerrorMessage(connection))
      takeResults()
      if !isIntact { return fail(PostgresFailure(message: complaint)) }
    }
    flush()
  }

  private func takeResults() {
    while isOpen, PQisBusy(connection) == 0 {
      // Nil stands between the statements of a pipeline, and behind everything.
      guard let result = PQgetResult(connection) else {
        if inFlight.isEmpty { return } else if PQisBusy(connection) != 0 { return }
        guard let next = PQgetResult(connection) else { return }
        take(next)
        continue
      }
      take(result)
    }
  }

  private func take(_ result: OpaquePointer) {
    let status = PQresultStatus(result)
    guard let exchange = inFlight.first else {
      // Nobody asked: the server says why it ends.
      defer { PQclear(result) }
      return fail(PostgresFailure(result))
    }
    switch status {
    case PGRES_PIPELINE_SYNC:
      PQclear(result)
      inFlight.removeFirst()
      if exchange.doubt == nil { exchange.doubt = warning }
      warning = nil
      answered(exchange)
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
      exchange.answers.append(Rows(result))
    case PGRES_PIPELINE_ABORTED:
      PQclear(result)
    default:
      let failure = PostgresFailure(result)
      PQclear(result)
      if failure.isFatal { return fail(failure) }
      if exchange.failure == nil {
        // All statements were done and answered: it was the commit that failed.
        if exchange.answers.count == exchange.expectedAnswers { exchange.doubt = failure.sentence }
        exchange.failure = failure
      }
    }
  }

  private static func notice(_ link: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let link, let result else { return }
    let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
    // "canceling wait for synchronous replication": committed here, perhaps not on the standby, and answered as a success.
    guard severity == "WARNING" else { return }
    Unmanaged<Link>.fromOpaque(link).takeUnretainedValue().warning = PostgresFailure(result).sentence
  }
}
