// `shopstream migrate`: everything of a cluster that stands still, from one store to another, and compared when it is there.

import ArgumentParser
import Troupe

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Move a stopped cluster's data to another store, and verify it.",
    discussion: """
      Shard by shard: the log with its offsets, snapshots, and how far consumers have come; the register last, so that nobody can \
      start on half of it. Every shard is read back and compared. What stands in the old store stays there. A move that was \
      interrupted goes on where it was: shards that are there already are compared and not written.

      EXAMPLE
        shopstream migrate --from sqlite:.shopstream/store --to postgres://shop@db/shop
      """)

  @Option(help: ArgumentHelp("The store that has the data.", valueName: "location"))
  var from: String

  @Option(help: ArgumentHelp("The one that gets it; without a cluster of its own.", valueName: "location"))
  var to: String

  func run() async throws {
    // Locations may name other directories than the cluster's own: the default is none of them.
    let directory = DataDirectory(DataDirectory.defaultName)
    let source = try await NodeStore.open(from, in: directory)
    let target = try await NodeStore.open(to, in: directory)
    var terminal = Terminal()
    let result: Result<Migration.Counts, any Error>
    do {
      let migration = Migration(from: source, to: target)
      result = .success(
        try await migration.run { done, all in
          if terminal.isInteractive { terminal.draw(["\(done.grouped) of \(all.grouped) shards"]) }
        })
    } catch {
      result = .failure((error as? StoreError).map { Refusal("\($0)".sentence) } ?? error)
    }
    terminal.clear()
    await source.close()
    await target.close()
    let counts = try result.get()
    terminal.say(
      "\(counts.shards.grouped) shards with \(counts.records.grouped) records and \(counts.snapshots.grouped) snapshots are there, and are the same."
    )
  }
}
