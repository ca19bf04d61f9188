// Making the tables, or bringing them forward, before the store is used. On a connection of its own, which blocks: for start-up only.
import CPostgres
import TroupeJournal

struct SchemaOpening {
  let conninfo: Conninfo
  var steps = StoreFormat.steps

  /// For a connection and for the wait behind another node that is at it.
  private static let patience = "10"

  func run() throws(StoreError) {
    let connection = conninfo.with("connect_timeout", Self.patience).withArrays { PQconnectdbParams($0, $1, 0) }
    defer { PQfinish(connection) }
    guard let connection, PQstatus(connection) == CONNECTION_OK else {
      throw .unavailable("\(conninfo.place): \(String(cString: PQerrorMessage(connection)).oneLine)")
    }
    if let refusal = StoreFormat.refusal(ofServer: PQserverVersion(connection)) { throw .invalid("\(conninfo.place): \(refusal)") }
    if try version(connection) == steps.count, try has(StoreFormat.additionName, connection) { return }
    try execute(connection, "SET lock_timeout = '\(Self.patience)s'")
    try execute(connection, "BEGIN")
    // Nodes that start at once come one after the other; of two schemas in one database each has its own lock.
    try execute(connection, "SELECT pg_advisory_xact_lock(\(0x5452_5045), hashtext(current_schema()))")
    let found = try version(connection)
    guard found <= steps.count else { throw StoreFormat.refusal(of: found) ?? .invalid("format \(found) is unknown") }
    if found < steps.count {
      if found == 0 { try execute(connection, "CREATE TABLE troupe_format(version int4 NOT NULL); INSERT INTO troupe_format VALUES (0)") }
      for step in steps[found...] { try execute(connection, step) }
      try execute(connection, "UPDATE troupe_format SET version = \(steps.count)")
    }
    if try !has(StoreFormat.additionName, connection) { try execute(connection, StoreFormat.addition) }
    try execute(connection, "COMMIT")
  }

  /// 0 when there are no tables of ours.
  private func version(_ connection: OpaquePointer) throws(StoreError) -> Int {
    guard try has("troupe_format", connection) else { return 0 }
    return Int(try execute(connection, "SELECT version FROM troupe_format") ?? "") ?? 0
  }

  /// Not by `to_regclass`: it may remember that there was none before somebody else made it.
  private func has(_ table: String, _ connection: OpaquePointer) throws(StoreError) -> Bool {
    try execute(
      connection, "SELECT EXISTS (SELECT FROM pg_class WHERE relname = '\(table)' AND relkind = 'r' AND pg_table_is_visible(oid))") == "t"
  }

  /// The first field of the answer.
  @discardableResult
  private func execute(_ connection: OpaquePointer, _ sql: String) throws(StoreError) -> String? {
    guard let result = PQexec(connection, sql) else { throw .unavailable(String(cString: PQerrorMessage(connection)).oneLine) }
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK: return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : nil
    case PGRES_COMMAND_OK: return nil
    default:
      let failure = PostgresFailure(result)
      switch failure.code {
      // A table of this name that is not ours, or a right that we do not have: waiting does not help.
      case "42P07", "42501", "3F000", "42710": throw .invalid("\(conninfo.place): \(failure.sentence)")
      default: throw failure.beforeCommit
      }
    }
  }
}
