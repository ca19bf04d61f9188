// A data directory: made, found again, locked, and refused when it is newer.

import Foundation
import Testing

@testable import ShopstreamCommand

struct DataDirectoryTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let file = ClusterFile(
    cluster: "shopstream", nodes: [.init(id: "node-1", addresses: ["127.0.0.1:1"])], gateway: "http://g", admin: "http://a", supervisor: 7)

  func makeCluster(in name: String) throws -> DataDirectory {
    let directory = DataDirectory("\(folder.path)/\(name)")
    try PlainFile.makeFolder(directory.path)
    try Self.file.write(to: directory)
    return directory
  }

  @Test func `is found upward from where one stands, the nearest first`() throws {
    let outer = try makeCluster(in: ".shopstream")
    try PlainFile.makeFolder(folder.path + "/a/b/c")
    #expect(try DataDirectory.find(named: nil, from: folder.path + "/a/b/c") == outer)
    let inner = try makeCluster(in: "a/b/.shopstream")
    #expect(try DataDirectory.find(named: nil, from: folder.path + "/a/b/c") == inner)
  }

  @Test func `a name is taken as it is`() throws {
    let named = try makeCluster(in: "elsewhere")
    #expect(try DataDirectory.find(named: named.path) == named)
    let refusal = #expect(throws: Refusal.self) { try DataDirectory.find(named: folder.path + "/nowhere") }
    #expect(refusal?.sentence.contains("shopstream up --data") == true)
  }

  @Test func `the cluster file comes back as it was written, and a broken one is named`() throws {
    let directory = try makeCluster(in: "x")
    #expect(try ClusterFile.read(from: directory) == Self.file)
    try folder.write("{", to: "x/cluster.json")
    #expect(throws: Refusal.self) { try ClusterFile.read(from: directory) }
  }

  @Test func `slashes and dots in its name do not matter`() {
    #expect(DataDirectory("/a/b/../c/") == DataDirectory("/a/c"))
    #expect(DataDirectory("x").path.hasPrefix("/"))
  }

  @Test func `a lock is free again when its holder is gone`() throws {
    let directory = DataDirectory(folder.path)
    var lock: DirectoryLock? = try DirectoryLock.take(directory)
    #expect(throws: Refusal.self) { try DirectoryLock.take(directory) }
    #expect(lock != nil)
    lock = nil
    _ = try DirectoryLock.take(directory)
  }
}
