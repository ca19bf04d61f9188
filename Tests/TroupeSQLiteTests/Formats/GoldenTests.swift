// Stores that earlier versions wrote, committed as they left them: each version reads every format that was ever released, and finds all
// that stood there.
import Foundation
import GRDB
import Testing
import TroupeJournal

@testable import TroupeSQLite

@Suite("Golden stores") struct GoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")
  private static func folder(_ format: Int64) -> URL { folder.appending(path: "format-\(format)") }
  private static let files = ["register.sqlite", "log.sqlite"]

  static let formats = Array(1...StoreFormat.version)

  /// After `StoreFormat.version` was raised, run the tests once with `TROUPE_WRITE_GOLDEN=1`: this writes the present format's store and the
  /// listings of all, from the story. A golden store that is there never changes: it is what stands on somebody's disk.
  @Test("every format has a golden store", arguments: formats) func isThere(_ format: Int64) async throws {
    if ProcessInfo.processInfo.environment["TROUPE_WRITE_GOLDEN"] != nil { try await Self.write(format) }
    for file in Self.files + ["listing.txt"] {
      let path = Self.folder(format).appending(path: file).path
      #expect(FileManager.default.fileExists(atPath: path), "format \(format) has no golden \(file): see `GoldenTests.isThere`")
    }
    let all = try FileManager.default.contentsOfDirectory(atPath: Self.folder(format).path)
    #expect(all.count == 3, "nothing is left in a write-ahead log: \(all)")
  }

  @Test("what stands in a golden store is found, and the store goes on", arguments: formats) func isFound(_ format: Int64) async throws {
    let directory = ScratchDirectory()
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    for file in Self.files {
      let copy = directory.path + "/" + file
      try FileManager.default.copyItem(atPath: Self.folder(format).appending(path: file).path, toPath: copy)
      let tool = try DatabaseQueue.patient(copy)
      #expect(try await tool.read { try Int64.fetchOne($0, sql: "PRAGMA user_version") } == format, "\(file)")
      try tool.close()
    }
    let listing = try Self.listing(format)
    for _ in 1...2 {
      let store = try SQLiteStore.patient(directory.path)
      #expect(try await GoldenListing.text(of: store, shards: GoldenStory.shards) == listing)
      await store.close()
    }
    let store = try SQLiteStore.patient(directory.path)
    let head = try await store.raiseFence(3, writer: WriterID(0xC3))
    #expect(head.end == Offset(10))
    #expect(try await store.append([.one(head, from: 10)]) == [.appended(Offset(11))])
    #expect(try await store.readTail(3, from: Offset(0)).map(\.offset.value) == Array(5..<11))
    let offset = ConsumerOffset(group: "late", generation: 0, offset: Offset(11))
    try await store.writeConsumers([offset], shard: 3, fence: head.fence)
    #expect(try await store.readConsumers(3).contains(offset))
    await store.close()
  }

  @Test("the listings say what the story writes, in memory and in today's files", arguments: formats) func isTold(_ format: Int64)
    async throws
  {
    let listing = try Self.listing(format)
    #expect(try await Self.told(format, to: MemoryStore()) == listing)
    guard format == StoreFormat.version else { return }
    let directory = ScratchDirectory()
    #expect(try await Self.told(format, to: try SQLiteStore.patient(directory.path)) == listing)
  }

  private static func listing(_ format: Int64) throws -> String {
    try String(contentsOf: folder(format).appending(path: "listing.txt"), encoding: .utf8)
  }

  private static func told(_ format: Int64, to store: some Store) async throws -> String {
    try await GoldenStory.write(format: format, to: store)
    let text = try await GoldenListing.text(of: store, shards: GoldenStory.shards)
    await store.close()
    return text
  }

  // MARK: Writing

  private static func write(_ format: Int64) async throws {
    let target = folder(format)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    try await told(format, to: MemoryStore()).write(to: target.appending(path: "listing.txt"), atomically: true, encoding: .utf8)
    let isThere = FileManager.default.fileExists(atPath: target.appending(path: "log.sqlite").path)
    guard format == StoreFormat.version, !isThere else { return }
    let directory = ScratchDirectory()
    _ = try await told(format, to: try SQLiteStore.patient(directory.path))
    for file in files {
      let tool = try DatabaseQueue.patient(directory.path + "/" + file)
      // All into the one file.
      _ = try await tool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      try tool.close()
      try FileManager.default.copyItem(atPath: directory.path + "/" + file, toPath: target.appending(path: file).path)
    }
  }
}
