// Archives on a real disk: what was kept is read back, also by others and in other pieces, and what is not as it was written is named.
import Foundation
import Testing
import TroupeArchive
import TroupeCluster
import TroupeJournal

@Suite struct ArchiveFolderTests {
  private static let shard = ShardID(7)

  private static func records(_ offsets: Range<UInt64>, amount: UInt8 = 1) -> [StoredRecord] {
    offsets.map { offset in
      StoredRecord(
        offset: Offset(offset), kind: 5, entity: "l\(offset % 3)",
        turn: TurnRecord(
          call: CallID(caller: 1, sequence: offset), method: 2, argumentsHash: 3, status: 0, reply: [amount],
          events: [[amount, UInt8(offset % 251)]],
          wallTime: 1_700_000_000_000 + Int64(offset), isDelete: false))
    }
  }

  private static func withFolder(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  private static func files(of path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/shard-00007").sorted()
  }

  @Test func whatWasKeptIsReadBackInAnyPieces() async throws {
    try await Self.withFolder { path in
      let archive = try ArchiveFolder.open(path, cluster: "shop")
      #expect(try await archive.reach(of: Self.shard) == nil)
      try await archive.keep(Self.records(100..<300), of: Self.shard)
      try await archive.keep(Self.records(300..<350), of: Self.shard)
      let other = try ArchiveFolder.open(path, cluster: "shop")
      for reader in [archive, other] {
        #expect(try await reader.reach(of: Self.shard) == Offset(100)..<Offset(350))
        var read: [StoredRecord] = []
        while true {
          let page = try await reader.read(Self.shard, from: Offset(100 + UInt64(read.count)), limit: 64)
          guard !page.isEmpty else { break }
          #expect(page.count <= 64)
          read += page
        }
        #expect(read == Self.records(100..<350))
        #expect(try await reader.read(Self.shard, from: Offset(99), limit: 9).isEmpty)
        #expect(try await reader.read(ShardID(8), from: Offset(100), limit: 9).isEmpty)
      }
      // What another has written since is found as well.
      try await other.keep(Self.records(350..<400), of: Self.shard)
      #expect(try await archive.read(Self.shard, from: Offset(350), limit: 1) == Self.records(350..<351))
    }
  }

  /// A crash between keeping and noting it: the same comes again, cut otherwise.
  @Test func theSameAgainChangesNothing() async throws {
    try await Self.withFolder { path in
      let archive = try ArchiveFolder.open(path, cluster: "shop")
      try await archive.keep(Self.records(0..<100), of: Self.shard)
      try await archive.keep(Self.records(0..<100), of: Self.shard)
      #expect(try Self.files(of: path).count == 1)
      try await archive.keep(Self.records(50..<170), of: Self.shard)
      try await archive.keep(Self.records(0..<120), of: Self.shard)
      #expect(try await archive.reach(of: Self.shard) == Offset(0)..<Offset(170))
      var read: [StoredRecord] = []
      while read.count < 170 { read += try await archive.read(Self.shard, from: Offset(UInt64(read.count)), limit: 1_000) }
      #expect(read == Self.records(0..<170))
    }
  }

  @Test func anotherHistoryIsRefused() async throws {
    try await Self.withFolder { path in
      let archive = try ArchiveFolder.open(path, cluster: "shop")
      try await archive.keep(Self.records(0..<100), of: Self.shard)
      let error = await #expect(throws: StoreError.self) { try await archive.keep(Self.records(0..<100, amount: 2), of: Self.shard) }
      #expect(error?.code == "store_invalid")
      #expect(error?.description.contains("another history") == true)
      let whole = try await archive.read(Self.shard, from: Offset(0), limit: 100)
      #expect(whole == Self.records(0..<100))
      let gaps = Self.records(200..<210) + Self.records(211..<220)
      await #expect(throws: StoreError.self) { try await archive.keep(gaps, of: Self.shard) }
    }
  }

  @Test func onlyWhatIsWithoutGapIsInReach() async throws {
    try await Self.withFolder { path in
      let archive = try ArchiveFolder.open(path, cluster: "shop")
      for span: Range<UInt64> in [0..<10, 20..<30, 30..<40, 25..<35] { try await archive.keep(Self.records(span), of: Self.shard) }
      #expect(try await archive.reach(of: Self.shard) == Offset(20)..<Offset(40))
      #expect(try await archive.read(Self.shard, from: Offset(12), limit: 9).isEmpty)
      #expect(try await archive.read(Self.shard, from: Offset(3), limit: 99).count == 7)
    }
  }

  /// Each byte of a file, one at a time.
  @Test func aFlippedByteIsNamedAndNeverServed() async throws {
    try await Self.withFolder { path in
      try await ArchiveFolder.open(path, cluster: "shop").keep(Self.records(0..<5), of: Self.shard)
      let file = try path + "/shard-00007/" + #require(try Self.files(of: path).first)
      let sound = try [UInt8](Data(contentsOf: URL(filePath: file)))
      for index in sound.indices {
        var bytes = sound
        bytes[index] ^= 0x10
        try Data(bytes).write(to: URL(filePath: file))
        let error = await #expect(throws: StoreError.self, "byte \(index)") {
          _ = try await ArchiveFolder.open(path, cluster: "shop").read(Self.shard, from: Offset(0), limit: 9)
        }
        #expect(error?.description.contains(file) == true, "byte \(index)")
      }
      for length in [0, 3, 39, 40, sound.count - 1] {
        try Data(sound[..<length]).write(to: URL(filePath: file))
        let error = await #expect(throws: StoreError.self) {
          _ = try await ArchiveFolder.open(path, cluster: "shop").read(Self.shard, from: Offset(0), limit: 9)
        }
        #expect(error?.code == "store_corrupt", "\(length) bytes")
      }
    }
  }

  @Test func onlyTheClustersOwnArchiveIsOpened() async throws {
    try await Self.withFolder { path in
      _ = try ArchiveFolder.open(path, cluster: "shop")
      #expect(throws: StoreError.self) { _ = try ArchiveFolder.open(path, cluster: "other") }
      try Data("troupe-archive 2\nshop\n".utf8).write(to: URL(filePath: path + "/archive"))
      let newer = #expect(throws: StoreError.self) { _ = try ArchiveFolder.open(path, cluster: "shop") }
      #expect(newer?.code == "store_newer_format")
      try FileManager.default.removeItem(atPath: path + "/archive")
      try Data("mine".utf8).write(to: URL(filePath: path + "/notes.txt"))
      let foreign = #expect(throws: StoreError.self) { _ = try ArchiveFolder.open(path, cluster: "shop") }
      #expect(foreign?.code == "store_invalid")
    }
  }

  /// What a process that was killed in the middle leaves, and what people put there, is none of it.
  @Test func otherFilesAreLeftAlone() async throws {
    try await Self.withFolder { path in
      let archive = try ArchiveFolder.open(path, cluster: "shop")
      try await archive.keep(Self.records(0..<5), of: Self.shard)
      for name in [
        "00000000000000000005-00000000000000000009.records.77.new", "notes", "5-9.records",
        "00000000000000000009-00000000000000000005.records",
      ] {
        try Data([1, 2, 3]).write(to: URL(filePath: path + "/shard-00007/" + name))
      }
      let again = try ArchiveFolder.open(path, cluster: "shop")
      #expect(try await again.reach(of: Self.shard) == Offset(0)..<Offset(5))
    }
  }
}
