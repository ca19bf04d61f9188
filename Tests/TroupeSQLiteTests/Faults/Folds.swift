// What a store's own thread does when the write-ahead log has grown far: copies it into the database, on a connection of its own. Here the
// script says when. And a reader that stands in the way, as the readers of a busy store do.
import GRDB
import TroupeJournal

@testable import TroupeSQLite

struct Folds: Sendable {
  private let copier: DatabaseQueue
  private let reader: DatabaseQueue
  private let gate = CheckpointGate()

  init(_ folder: String) throws {
    let path = folder + "/log.sqlite"
    copier = try StoreFile(path: path, schema: "", patience: .seconds(30)).openForWriting()
    var configuration = Configuration()
    configuration.readonly = true
    configuration.allowsUnsafeTransactions = true
    reader = try DatabaseQueue(path: path, configuration: configuration)
  }

  func fold() async throws {
    try await copier.writeWithoutTransaction { _ = Checkpoints.follow($0.sqliteConnection, through: gate) }
  }

  /// All of it, and the log begins anew: what tools do, of sound disks.
  func foldAll() async throws {
    guard !gate.isShut else { return }
    _ = try? await copier.writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  /// The reader sees the file as it is now until it lets go.
  func hold() async throws {
    try await reader.writeWithoutTransaction { try $0.execute(sql: "BEGIN; SELECT count(*) FROM heads") }
  }

  func letGo() async throws {
    try await reader.writeWithoutTransaction { if $0.isInsideTransaction { try $0.execute(sql: "COMMIT") } }
  }

  func close() {
    try? copier.close()
    try? reader.close()
  }
}
