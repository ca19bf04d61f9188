// The store on PostgreSQL: for any number of nodes on any number of machines. This file is its life; what it does stands beside it.

import Synchronization
import TroupeCluster
public import TroupeJournal
import TroupeNet

/// A `Store` in a PostgreSQL database (14 or later), in the schema that the connection finds first.
///
///     let store = try PostgresStore.open("host=db.internal dbname=shop user=troupe sslmode=verify-full")
///
/// It has event loops of its own with four connections: one for the register, so that a lease never waits behind a thousand appends;
/// one for what is written; one for short reads; and one for long reads, on a second loop, where decoding holds up nobody. Callers hop
/// there and back, and no loop ever waits.
///
/// - All that waits while a transaction commits becomes the next one. An acknowledged one is as durable as the server makes a commit
///   with `synchronous_commit = on`: on its disk, and with `synchronous_standby_names` on the standby's. `fsync = off` is refused.
/// - A lost connection is made again, with back-off. What was in flight throws `.unknown`; what was not sent waits, and throws
///   `.unavailable` when its time is up.
/// - Not for poolers that share a connection among transactions (PgBouncer's transaction mode): statements are prepared.
public final class PostgresStore: Store {
  let loop: UVLoop
  private let longReads: UVLoop
  let register: LoopBound<Session>
  let writer: LoopBound<Session>
  /// Loads of entities, which calls wait for.
  let reader: LoopBound<Session>
  /// Tails and logs: long reads, which must not hold the short ones up.
  let tails: LoopBound<Session>
  let limit: Duration
  let readLimit: Duration
  let trims: Mutex<TrimSweep> = Mutex(TrimSweep())

  private init(_ conninfo: Conninfo, limit: Duration) throws(StoreError) {
    self.limit = limit
    readLimit = max(limit, StoreLimits.readTimeout)
    let (first, second): (UVLoop, UVLoop)
    do throws(NetError) {
      (first, second) = (try UVLoop.start(index: 0, name: "store-postgres"), try UVLoop.start(index: 1, name: "store-tails"))
    } catch {
      throw .unavailable(error.description)
    }
    (loop, longReads) = (first, second)
    // A statement is ended by the server before its caller gives up: then it is known that nothing was done.
    func session(
      _ role: String, _ statements: [Statement], on loop: UVLoop, depth: Int, group: Int = 1, _ patience: Duration
    ) -> LoopBound<Session> {
      let role = Session.Role(
        name: role, statements: statements, depth: depth, group: group, statementTimeout: patience * 0.8, grace: limit)
      return LoopBound(Session(loop, role, conninfo), on: loop)
    }
    register = session("register", RegisterStatements.all, on: first, depth: 8, limit)
    writer = session(
      "writer", LogStatements.writing + SnapshotStatements.writing + [ConsumerStatements.write], on: first, depth: 1, group: .max,
      limit)
    reader = session(
      "reader", [LogStatements.head, ConsumerStatements.read] + SnapshotStatements.reading, on: first, depth: 32, readLimit)
    tails = session(
      "tails", LogStatements.reading + [SnapshotStatements.all, ConsumerStatements.read], on: second, depth: 8, readLimit)
  }

  /// Connects, and makes the tables or brings them forward. Blocks: for start-up, not for a loop.
  ///
  /// Throws `.newerFormat` when a newer version wrote the tables, `.invalid` when the connection string cannot be read or the user may
  /// not do this, `.unavailable` when there is no server; none of these changes anything.
  ///
  /// - Parameters:
  ///   - conninfo: what libpq takes: `host=… dbname=…`, or a URI. TLS, standbys, passwords and time limits are said there
  ///     (https://www.postgresql.org/docs/current/libpq-connect.html). A schema is chosen by `options='-c search_path=…'`.
  ///   - limit: how long a call waits before it throws. The default suits leases.
  public static func open(_ conninfo: String, limit: Duration = StoreLimits.statementTimeout) throws(StoreError) -> PostgresStore {
    let conninfo = try Conninfo(conninfo)
    try SchemaOpening(conninfo: conninfo).run()
    return try PostgresStore(conninfo, limit: limit)
  }

  deinit {
    // Sessions that were not closed end with their loops' connections.
    for session in [register, writer, reader, tails] { session.loop.execute { session.value.abandon() } }
    loop.stop()
    longReads.stop()
  }

  public nonisolated(nonsending) func close() async {
    for session in [writer, reader, tails, register] {
      await withUnsafeContinuation { continuation in
        session.loop.execute { session.value.close { continuation.resume() } }
      }
    }
  }

  /// Asks on a session, and reads the answer on its loop.
  nonisolated(nonsending) func ask<Value: Sendable>(
    _ what: String, on session: LoopBound<Session>, within limit: Duration, isWrite: Bool = false, weight: Int = 1, _ queries: [Query],
    _ read: @escaping @Sendable (ArraySlice<Rows>) throws -> Value
  ) async throws(StoreError) -> Value {
    try await withUnsafeContinuation { waiter in
      session.loop.deliver(
        StoreCall(what, on: session, within: limit, isWrite: isWrite, weight: weight, queries: queries, waiter: waiter) { rows, _ in
          try read(rows)
        })
    }.get()
  }
}
