// `shopstream backup` and `restore`: copies of a development cluster's store, made while it runs, put back while it does not.

import ArgumentParser
import Foundation
import TroupeSQLite

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the store while the cluster runs, and check the copy.",
    discussion: """
      For stores on SQLite, which is what 'shopstream up' uses by default. The copy is of one moment for each shard: what was \
      acknowledged before the command began is in it. PostgreSQL and DynamoDB have backups of their own.

      EXAMPLE
        shopstream backup /backups/monday
      """)

  @Option(help: ArgumentHelp("The cluster's directory. Default: .shopstream, here or in a folder above.", valueName: "directory"))
  var data: String?

  @Argument(help: ArgumentHelp("A directory that is made for it.", valueName: "target"))
  var target: String

  func run() throws {
    let directory = try DataDirectory.find(named: data)
    do {
      try SQLiteBackup.make(of: directory.store, in: DataDirectory(target).path)
    } catch {
      throw Refusal("\(error)".sentence)
    }
    var terminal = Terminal()
    terminal.say("The store of \(directory.path) is copied to \(target), and the copy is sound.")
  }
}

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup back as the store of a cluster that does not run.",
    discussion: """
      What was there is moved aside, not removed. Whatever happened after the backup is gone, and clients may know of it.

      EXAMPLE
        shopstream restore /backups/monday
      """)

  @Option(help: ArgumentHelp("The cluster's directory.", valueName: "directory"))
  var data = DataDirectory.defaultName

  @Argument(help: ArgumentHelp("What 'shopstream backup' has made.", valueName: "backup"))
  var backup: String

  func run() throws {
    let directory = DataDirectory(data)
    try DirectoryFormat.check(directory)
    try PlainFile.makeFolder(directory.path)
    let lock = try DirectoryLock.take(directory)
    defer { withExtendedLifetime(lock) {} }
    let restored = directory.store + ".restored"
    do {
      try? FileManager.default.removeItem(atPath: restored)
      try SQLiteBackup.restore(DataDirectory(backup).path, to: restored)
    } catch {
      throw Refusal("\(error)".sentence)
    }
    var terminal = Terminal()
    do {
      if let aside = try moveAside(directory) { terminal.say("What was there is in \(aside) now.") }
      try FileManager.default.moveItem(atPath: restored, toPath: directory.store)
    } catch {
      throw Refusal("The store of \(directory.path) cannot be replaced: \(error.localizedDescription)".sentence)
    }
    terminal.say("\(backup) is the store of \(directory.path) again: start it with 'shopstream up'.")
  }

  private func moveAside(_ directory: DataDirectory) throws -> String? {
    guard FileManager.default.fileExists(atPath: directory.store) else { return nil }
    let aside = (1...).lazy.map { "\(directory.store).before-\($0)" }.first { !FileManager.default.fileExists(atPath: $0) }!
    try FileManager.default.moveItem(atPath: directory.store, toPath: aside)
    return aside
  }
}
