// `shopstream archive`: looking into what nodes have archived. Reads files; needs no cluster.

import ArgumentParser
import Troupe
import TroupeArchive
import TroupeJSON

struct ArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Check an archive's files, or show what they know of an entity.",
    discussion: """
      Nodes that run with --archive keep every record there before their logs let go of it. What the logs still have is not in it.

      EXAMPLES
        shopstream archive check /backups/records
        shopstream archive log /backups/records cart/alice
      """,
    subcommands: [ArchiveCheckCommand.self, ArchiveLogCommand.self])
}

struct ArchiveCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read every file, and name those that are damaged and the records that are missing between them.")

  @Argument(help: ArgumentHelp("What nodes were given as --archive.", valueName: "directory"))
  var directory: String

  func run() throws {
    let found = try ArchiveCheck(directory)
    for fault in found.faults { StandardError.say(fault.sentence) }
    guard found.faults.isEmpty else { throw ExitCode(1) }
    var terminal = Terminal()
    let (shards, files) = (found.shards == 1 ? "shard" : "shards", found.files == 1 ? "file" : "files")
    terminal.say(
      "\(found.records.grouped) records of \(found.shards.grouped) \(shards) in \(found.files.grouped) \(files): all sound, and none is missing."
    )
  }
}

/// What an archive has, and what is wrong with it.
struct ArchiveCheck {
  private(set) var records = 0
  private(set) var shards = 0
  private(set) var files = 0
  private(set) var faults: [String] = []

  init(_ directory: String) throws(Refusal) {
    let all: [ArchivedFile]
    do throws(StoreError) { all = try ArchiveFolder.files(in: directory) } catch { throw Refusal("\(error)".sentence) }
    var last: (shard: ShardID, end: Offset)?
    for file in all {
      files += 1
      do throws(StoreError) { _ = try file.read() } catch { faults.append("\(error)") }
      if let last, last.shard == file.shard {
        if file.offsets.lowerBound > last.end {
          faults.append("shard \(file.shard) has nothing from \(last.end) to \(file.offsets.lowerBound)")
        }
      } else {
        shards += 1
      }
      let end = last.map { $0.shard == file.shard ? $0.end : Offset(0) } ?? Offset(0)
      // Files may overlap after a crash: each record counts once.
      records += max(0, max(end, file.offsets.lowerBound).distance(to: file.offsets.upperBound))
      last = (file.shard, max(end, file.offsets.upperBound))
    }
  }
}

struct ArchiveLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show what happened to an entity, as far as the archive knows; the cluster's log has the rest.")

  @Argument(help: ArgumentHelp("What nodes were given as --archive.", valueName: "directory"))
  var directory: String

  @Argument(help: ArgumentHelp("The entity, as kind/id.", valueName: "entity"))
  var entity: EntityAddress

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let kind = try Contracts(kinds: ShopKinds.contracts).kind(entity.kind)
    let id = kindID(kind.kind)
    var lines: [LogLine] = []
    var seen = Offset(0)
    do {
      // An entity lives in one shard; which one, only the cluster's view knows.
      for file in try ArchiveFolder.files(in: directory) {
        for record in try file.read() where record.kind == id && record.entity == entity.id && record.offset >= seen {
          lines.append(try LogLine(LogEntry(record), kind))
          seen = record.offset.advanced(by: 1)
        }
      }
    } catch let error as StoreError {
      throw Refusal("\(error)".sentence)
    }
    var terminal = Terminal()
    if json {
      terminal.say(JSONValue.array(lines.map(\.json)).text)
    } else if lines.isEmpty {
      terminal.say("Nothing is archived of \(entity.description).")
    } else {
      StatusTable.aligned([["OFFSET", "TIME", "METHOD", "EVENTS"]] + lines.map(\.cells), right: [0]).forEach { terminal.say($0) }
    }
  }
}
