// The write-ahead log starts over while somebody writes without pause, and its file is there before it is written.
import Foundation
import GRDB
import GRDBSQLite
import Testing
import TroupeJournal

@testable import TroupeSQLite

@Suite(.timeLimit(.minutes(2))) struct WriteAheadLogTests {
  private let directory = ScratchDirectory()

  init() throws { try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true) }

  private var path: String { directory.path + "/log.sqlite" }
  private var file: StoreFile { StoreFile(path: path, schema: "CREATE TABLE t(x BLOB)", patience: .seconds(30)) }

  private func bytesOfLog() throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? -1
  }

  private func commit(_ bytes: Int, _ db: Database) throws {
    try db.execute(sql: "INSERT INTO t VALUES (zeroblob(?))", arguments: [bytes])
  }

  /// Writes until the log is worth copying.
  private func grow(_ log: WriteAheadLog, _ db: Database) throws {
    while !log.isDue() { try commit(1 << 20, db) }
  }

  @Test func whoWritesWithoutPauseFinishesWhatTheThreadHasCopied() throws {
    let queue = try file.openForWriting()
    let checkpoints = Checkpoints(try file.openForWriting())
    try queue.inDatabase { db in
      let log = try WriteAheadLog(db)
      try grow(log, db)
      checkpoints.ask()
      // No moment without a commit behind the copy; the log begins anew all the same.
      let grown = log.size
      while log.size >= grown {
        log.finish(checkpoints)
        try commit(10, db)
      }
      #expect(log.size < 10)
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM t WHERE length(x) = 1048576")! >= 15)
    }
    checkpoints.end()
    try queue.close()
  }

  @Test func aReaderOfOldPagesPutsItOffAndNoMore() throws {
    let queue = try file.openForWriting()
    let checkpoints = Checkpoints(try file.openForWriting())
    var configuration = Configuration()
    configuration.readonly = true
    configuration.allowsUnsafeTransactions = true
    let reader = try DatabaseQueue(path: path, configuration: configuration)
    try queue.inDatabase { db in
      let log = try WriteAheadLog(db)
      try commit(10, db)
      try reader.inDatabase { try $0.execute(sql: "BEGIN; SELECT count(*) FROM t") }
      try grow(log, db)
      let grown = log.size
      checkpoints.ask()
      for _ in 0..<200 {
        log.finish(checkpoints)
        try commit(10, db)
      }
      #expect(log.size > grown)
      try reader.inDatabase { try $0.execute(sql: "COMMIT") }
      try grow(log, db)
      checkpoints.ask()
      let further = log.size
      while log.size >= further {
        log.finish(checkpoints)
        try commit(10, db)
      }
    }
    checkpoints.end()
    try reader.close()
    try queue.close()
  }

  @Test func theFileReachesBehindTheLastPageAndAllOfItIsReadBack() throws {
    let queue = try file.openForWriting()
    try queue.inDatabase { db in
      let log = try WriteAheadLog(db)
      try commit(10, db)
      let small = try bytesOfLog()
      log.makeRoom()
      #expect(try bytesOfLog() == small + 1 << 20)
      for _ in 0..<100 {
        let before = try bytesOfLog()
        try commit(10_000, db)
        #expect(try bytesOfLog() == before, "a commit made the file longer")
        log.makeRoom()
      }
    }
    // What a process would leave that dies now: nobody closes these.
    let copy = directory.path + "/copy.sqlite"
    for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
    let opened = try StoreFile(path: copy, schema: "", patience: .seconds(30)).openForWriting()
    #expect(try opened.inDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } == 101)
    #expect(try opened.inDatabase { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    try opened.close()
    try queue.close()
  }

  @Test func aStoreWhoseSyncFailedSaysSo() async throws {
    let store = try SQLiteStore.patient(directory.path)
    #expect(store.complaint == nil)
    store.checkpoints.gate.syncHasFailed()
    #expect(store.complaint?.contains("\(directory.path)/log.sqlite has failed") == true)
    store.registerGate.syncHasFailed()
    #expect(store.complaint?.contains("log.sqlite and of \(directory.path)/register.sqlite has failed") == true)
    // It serves on.
    _ = try await store.raiseFence(1, writer: WriterID(1))
    await store.close()
  }

  @Test func aCopyWhoseSyncFailsIsTheLast() throws {
    var places = 0
    for place in 0..<100 {
      let folder = directory.path + "/\(place)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let disk = FaultyDisk(folder, .syncFails, at: place, seed: 1)
      FaultyVFS.add(disk)
      defer { FaultyVFS.remove(disk) }
      let file = StoreFile(path: folder + "/log.sqlite", schema: "CREATE TABLE t(x BLOB)", patience: .seconds(30))
      guard let queue = try? file.openForWriting() else { continue }
      let gate = CheckpointGate()
      queue.inDatabase { db in
        for _ in 0..<3 { try? commit(10, db) }
        let hasFailed = disk.hasStruck
        let isNear = Checkpoints.follow(db.sqliteConnection, through: gate)
        guard !hasFailed, disk.hasStruck else { return }
        places += 1
        #expect(gate.isShut && !isNear)
        #expect(gate.copy(db.sqliteConnection) == nil)
      }
      try? queue.close()
      guard disk.hasStruck else { break }
    }
    #expect(places >= 3, "of the log, of the file, and of the file once more")
  }
}
