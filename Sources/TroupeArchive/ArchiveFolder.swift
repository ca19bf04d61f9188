// An archive in a folder: `shard-00042/00000000000000004096-00000000000000006144.records`. No index, no state: what is there is its names.

import Dispatch
import Synchronization
public import TroupeCluster
public import TroupeJournal

/// A `RecordArchive` in files, for any number of nodes that see the same folder.
///
/// ```swift
/// configuration.archive = try ArchiveFolder.open("/var/lib/shop/archive", cluster: "shop")
/// ```
/// A file is written once, flushed and never changed: it may be compressed elsewhere, copied to an object store, or removed when nobody will
/// ask for it, the oldest first. Whoever reads checks each file's checksum.
public final class ArchiveFolder: RecordArchive {
  /// Calls that may wait for the disk: every shard has one at the most for each of its groups.
  static let waitingLimit = 16_384
  /// Files whose records are remembered, as a reader takes a file in some bites.
  private static let remembered = 8
  private static let markName = "archive"
  private static let format = "troupe-archive 1"

  private struct State {
    var folders: [ShardID: ShardFolder] = [:]
    /// The latest last.
    var read: [(shard: ShardID, span: ArchiveSpan, records: [StoredRecord])] = []
  }

  public let path: String
  private let disk = DispatchQueue(label: "archive")
  /// Touched on `disk` alone.
  private let state = Mutex(State())
  private let waiting = Atomic(0)

  private init(_ path: String) { self.path = path }

  /// Opens the folder, and makes it when there is none. Blocks: for start-up.
  ///
  /// Throws `.invalid` when it is another cluster's or something else's, `.newerFormat`, or `.unavailable`.
  public static func open(_ path: String, cluster: String) throws(StoreError) -> ArchiveFolder {
    let mark = "\(format)\n\(cluster)\n"
    if let found = try DiskFile.read(path + "/" + markName) {
      let lines = String(decoding: found, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count == 3, lines[0].hasPrefix("troupe-archive ") else { throw .invalid("\(path)/\(markName) is not an archive's") }
      guard lines[0] == format else { throw .newerFormat("\(path) is a \(lines[0]), and this version writes \(format)") }
      guard lines[1] == cluster else { throw .invalid("\(path) is the archive of the cluster '\(lines[1])', not of '\(cluster)'") }
    } else {
      try DiskFile.makeFolder(path)
      // Another node may be marking it at this moment, with the same words.
      guard try DiskFile.list(path).allSatisfy({ $0 == "." || $0 == ".." || $0.hasPrefix(markName) }) else {
        throw .invalid("\(path) has files in it, and is no archive")
      }
      try DiskFile.write(Array(mark.utf8), named: markName, in: path)
    }
    return ArchiveFolder(path)
  }

  /// Its files, shard by shard, in the order of their records: for people's tools. Blocks.
  ///
  /// Throws `.invalid` when the folder is no archive.
  public static func files(in path: String) throws(StoreError) -> [ArchivedFile] {
    guard try DiskFile.read(path + "/" + markName) != nil else { throw .invalid("\(path) is no archive") }
    var files: [ArchivedFile] = []
    for shard in try DiskFile.list(path).compactMap({ ShardFolder.shard(named: $0) }).sorted() {
      let folder = try ShardFolder(shard, in: path)
      files += folder.spans.map { ArchivedFile(folder: folder, span: $0) }
    }
    return files
  }

  // MARK: RecordArchive

  public nonisolated(nonsending) func keep(_ records: [StoredRecord], of shard: ShardID) async throws(StoreError) {
    guard let first = records.first?.offset else { return }
    guard records.indices.allSatisfy({ records[$0].offset == first.advanced(by: $0) }) else {
      throw .invalid("the records of shard \(shard) from \(first) on have gaps")
    }
    try await onDisk { [self] state throws(StoreError) in
      var folder = try folder(of: shard, &state)
      let span = ArchiveSpan(first: first, end: first.advanced(by: records.count))
      for known in folder.spans where known.first == first { try Self.compare(try folder.read(known), records, folder.path, known) }
      if !folder.spans.contains(span) {
        try DiskFile.makeFolder(folder.path)
        try DiskFile.write(ArchiveFile.encode(records, of: shard), named: span.fileName, in: folder.path)
        folder.add(span)
      }
      state.folders[shard] = folder
    }
  }

  public nonisolated(nonsending) func reach(of shard: ShardID) async throws(StoreError) -> Range<Offset>? {
    try await onDisk { [self] state throws(StoreError) in
      // Other nodes may have written here.
      let folder = try ShardFolder(shard, in: path)
      state.folders[shard] = folder
      return folder.reach
    }
  }

  public nonisolated(nonsending) func read(
    _ shard: ShardID, from offset: Offset, limit: Int
  ) async throws(StoreError) -> [StoredRecord] {
    try await onDisk { [self] state throws(StoreError) in
      var folder = try folder(of: shard, &state)
      if folder.span(with: offset) == nil { folder = try ShardFolder(shard, in: path) }
      state.folders[shard] = folder
      guard let span = folder.span(with: offset) else { return [] }
      let records = try Self.records(of: folder, span, &state)
      return Array(records[span.first.distance(to: offset)...].prefix(limit))
    }
  }

  // MARK: On the queue

  private func folder(of shard: ShardID, _ state: inout State) throws(StoreError) -> ShardFolder {
    if let known = state.folders[shard] { return known }
    return try ShardFolder(shard, in: path)
  }

  private static func records(of folder: ShardFolder, _ span: ArchiveSpan, _ state: inout State) throws(StoreError) -> [StoredRecord] {
    if let found = state.read.first(where: { $0.shard == folder.shard && $0.span == span }) { return found.records }
    let records = try folder.read(span)
    if state.read.count == remembered { state.read.removeFirst() }
    state.read.append((folder.shard, span, records))
    return records
  }

  private static func compare(
    _ there: [StoredRecord], _ here: [StoredRecord], _ folder: String, _ span: ArchiveSpan
  ) throws(StoreError) {
    for (there, here) in zip(there, here) where there != here {
      throw .invalid("\(folder)/\(span.fileName) has another record at \(here.offset) than the log: it belongs to another history")
    }
  }

  private nonisolated(nonsending) func onDisk<Value: Sendable>(
    _ work: @escaping @Sendable (inout State) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    guard waiting.add(1, ordering: .relaxed).newValue <= Self.waitingLimit else {
      waiting.subtract(1, ordering: .relaxed)
      throw .unavailable("\(Self.waitingLimit) calls wait for \(path) already")
    }
    let result = await withUnsafeContinuation { (waiter: UnsafeContinuation<Result<Value, StoreError>, Never>) in
      disk.async { [self] in
        let result = state.withLock { state in
          Result { () throws(StoreError) -> Value in try work(&state) }
        }
        waiting.subtract(1, ordering: .relaxed)
        waiter.resume(returning: result)
      }
    }
    return try result.get()
  }
}

/// One file of an archive.
public struct ArchivedFile: Sendable {
  let folder: ShardFolder
  let span: ArchiveSpan

  public var shard: ShardID { folder.shard }
  public var path: String { folder.path + "/" + span.fileName }
  /// Which records its name promises.
  public var offsets: Range<Offset> { span.first..<span.end }

  /// Throws `.corrupt`, naming the file, when it is not as it was written. Blocks.
  public func read() throws(StoreError) -> [StoredRecord] { try folder.read(span) }
}
