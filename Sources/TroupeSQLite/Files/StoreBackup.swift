// Copies of a store's files: made while nodes write, checked when made and before they are put back. For the command line; blocks.
//
// The two files are copied one after the other, the register first. That is sound: what a later log knows more than the register is that
// fences were raised, and whoever starts on the copy raises them again.

import Foundation
import GRDB
public import TroupeJournal

public enum SQLiteBackup {
  private static let files = ["register.sqlite", "log.sqlite"]
  /// Copies the store in `source` to the new directory `target` beside whoever writes, and checks the copies. The target appears whole or
  /// not at all.
  ///
  /// Throws `.unavailable` when there is no store, or the target is there already.
  public static func make(of source: String, in target: String) throws(StoreError) {
    try copy(from: source, to: target) { from, to in
      // In one step: it reads one moment of the write-ahead log, which holds no writer up, and is not begun anew by each commit.
      try from.backup(to: to)
    }
  }

  /// Puts a backup back as the store of `target`, which must not be there. The backup is checked first and left as it is.
  public static func restore(_ backup: String, to target: String) throws(StoreError) {
    for file in files { try check(backup + "/" + file) }
    try make(of: backup, in: target)
  }

  private static func copy(
    from source: String, to target: String, _ body: (DatabaseQueue, DatabaseQueue) throws -> Void
  ) throws(StoreError) {
    let manager = FileManager.default
    guard !manager.fileExists(atPath: target) else { throw .unavailable("\(target) is there already; nothing was touched") }
    for file in files where !manager.fileExists(atPath: source + "/" + file) { throw .unavailable("there is no store in \(source)") }
    let unfinished = target + ".unfinished"
    do {
      try? manager.removeItem(atPath: unfinished)
      try manager.createDirectory(atPath: unfinished, withIntermediateDirectories: true)
      for file in files {
        let from = try StoreFile(path: source + "/" + file, schema: "", patience: .seconds(10)).openForReading()
        let to = try DatabaseQueue(path: unfinished + "/" + file)
        try body(from, to)
        try from.close()
        try to.close()
        try check(unfinished + "/" + file)
        try flush(unfinished + "/" + file)
      }
      try manager.moveItem(atPath: unfinished, toPath: target)
      try flush(URL(filePath: target).deletingLastPathComponent().path)
    } catch let error as StoreError {
      throw error
    } catch {
      throw SQLiteFailure(error).storeError(in: target)
    }
  }

  /// SQLite's own check of a whole file: slow, and what a backup is for.
  static func check(_ path: String) throws(StoreError) {
    do {
      let file = try StoreFile(path: path, schema: "", patience: .seconds(10)).openForReading()
      let verdict = try file.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(5)") }
      try file.close()
      guard verdict == ["ok"] else { throw StoreError.corrupt("\(path): \(verdict.joined(separator: "; "))") }
    } catch let error as StoreError {
      throw error
    } catch {
      throw SQLiteFailure(error).storeError(in: path)
    }
  }

  private static func flush(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    guard file >= 0, fsync(file) == 0 else {
      throw StoreError.unavailable("\(path) cannot be flushed: \(String(cString: strerror(errno)))")
    }
  }
}
