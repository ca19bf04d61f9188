// The register and its beats: a file of their own, so that a lease never waits for a thousand appends.
import GRDB
import TroupeCluster
import TroupeJournal
import TroupeWire

final class RegisterTable: Workbench {
  private let transaction: Transaction
  private let writeAheadLog: WriteAheadLog
  private let gate: CheckpointGate
  private let select: Statement
  private let selectEpoch: Statement
  private let put: Statement
  private let raise: Statement
  private let beats: Statement
  private let members: Statement
  private let addMember: Statement
  private let dropMember: Statement
  private let bury: Statement
  private let buried: Statement
  private let forget: Statement

  init(_ db: Database, in file: String, _ gate: CheckpointGate) throws(SQLiteFailure) {
    self.gate = gate
    transaction = try Transaction(db, file: file)
    writeAheadLog = try WriteAheadLog(db)
    select = try Statement(db, "SELECT view, checksum FROM register")
    selectEpoch = try Statement(db, "SELECT epoch FROM register")
    put = try Statement(db, "INSERT OR REPLACE INTO register VALUES (1, ?1, ?2, ?3)")
    raise = try Statement(
      db, "UPDATE members SET counter = max(coalesce(counter, 0), ?1) WHERE node = ?2 AND incarnation = ?3")
    beats = try Statement(
      db,
      """
      SELECT node, incarnation, counter FROM members WHERE counter IS NOT NULL
      UNION ALL SELECT node, incarnation, counter FROM buried ORDER BY node, incarnation
      """)
    members = try Statement(db, "SELECT node, incarnation FROM members")
    addMember = try Statement(db, "INSERT OR REPLACE INTO members VALUES (?1, ?2, NULL)")
    dropMember = try Statement(db, "DELETE FROM members WHERE node = ?1")
    bury = try Statement(
      db, "INSERT OR REPLACE INTO buried SELECT node, incarnation, counter FROM members WHERE node = ?1 AND counter IS NOT NULL")
    buried = try Statement(db, "SELECT node, incarnation FROM buried")
    forget = try Statement(db, "DELETE FROM buried WHERE node = ?1 AND incarnation = ?2")
  }

  /// Each call is a transaction: they are few, and one must not fail with another.
  func work(_ take: () -> [any Job<RegisterTable>]) {
    for job in take() {
      if let failure = transaction.run({ () throws(SQLiteFailure) in try job.run(on: self) }) {
        job.fail(failure)
      } else {
        job.finish()
      }
    }
  }

  func tidy() {
    if writeAheadLog.isDue() { writeAheadLog.copy(through: gate) }
  }

  // MARK: Calls

  func view() throws -> View? {
    guard try select.step() else { return nil }
    defer { select.reset() }
    let bytes = select.bytes(0)
    guard select.uint(1) == Checksum.of(bytes.span.bytes) else {
      throw StoreError.corrupt("the register: its checksum does not match its bytes")
    }
    do throws(WireError) {
      var reader = Reader(bytes.span.bytes)
      return try reader.read(View.self)
    } catch {
      throw StoreError.corrupt("the register cannot be read: \(error)")
    }
  }

  func create(_ view: View) throws -> CASOutcome {
    if let epoch = try epoch() { return .lost(current: epoch) }
    try write(view)
    return .stored
  }

  func compareAndSet(_ view: View) throws -> CASOutcome {
    guard let epoch = try epoch() else { throw StoreError.invalid("there is no cluster to change") }
    guard view.epoch.value == epoch.value + 1 else { return .lost(current: epoch) }
    try write(view)
    return .stored
  }

  func beat(_ beat: Beat) throws -> BeatOutcome {
    guard let epoch = try epoch() else { throw StoreError.invalid("there is no cluster to beat in") }
    raise.bind(beat.counter, at: 1)
    raise.bind(beat.node.value, at: 2)
    raise.bind(beat.incarnation.value, at: 3)
    try raise.run()
    let isListed = raise.changes == 1
    var found: [Beat] = []
    while try beats.step() {
      found.append(Beat(node: NodeID(beats.string(0)), incarnation: Incarnation(beats.uint(1)), counter: beats.uint(2)))
    }
    return isListed ? .beats(epoch: epoch, found) : .refusedNotListed(epoch: epoch, found)
  }

  // MARK: Parts

  private func epoch() throws(SQLiteFailure) -> Epoch? {
    guard try selectEpoch.step() else { return nil }
    defer { selectEpoch.reset() }
    return Epoch(selectEpoch.uint(0))
  }

  private func write(_ view: View) throws(SQLiteFailure) {
    var writer = Writer()
    writer.write(view)
    put.bind(view.epoch.value, at: 1)
    put.bind(Checksum.of(writer.span), at: 3)
    try put.run(bytes: writer.span, at: 2)
    try list(view)
  }

  /// Members keep their counters, and so do the buried; who is new has none; who left loses his.
  private func list(_ view: View) throws(SQLiteFailure) {
    let burials = Set(view.burials)
    let listed = try names(members)
    let gone = listed.subtracting(view.members.map(\.name))
    for name in gone {
      if burials.contains(name) { try run(bury, name.id) }
      try run(dropMember, name.id)
    }
    for name in try names(buried).subtracting(burials) { try run(forget, name.id, name.incarnation) }
    for member in view.members where !listed.contains(member.name) { try run(addMember, member.id, member.incarnation) }
  }

  private func names(_ rows: Statement) throws(SQLiteFailure) -> Set<IncarnationName> {
    var found: Set<IncarnationName> = []
    while try rows.step() { found.insert(IncarnationName(NodeID(rows.string(0)), Incarnation(rows.uint(1)))) }
    return found
  }

  private func run(_ statement: Statement, _ node: NodeID, _ incarnation: Incarnation? = nil) throws(SQLiteFailure) {
    statement.bind(node.value, at: 1)
    if let incarnation { statement.bind(incarnation.value, at: 2) }
    try statement.run()
  }
}
