// Who holds a node's name, and what that says of those who held it before.
import Foundation
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupeSQLite

@Suite struct NodeClaimTests {
  @Test func whoeverHeldTheNameAndLetGoOfItHasEnded() async throws {
    let directory = ScratchDirectory()
    let path = directory.path
    let (first, second) = (try SQLiteStore.patient(path), try SQLiteStore.patient(path))
    let one = try #require(try await first.claim("n1", 11))
    #expect(one.ended == [])
    #expect(try await second.claim("n1", 12) == nil, "the first may still answer somebody")
    #expect(try await first.claim("n1", 13) == nil, "not even for the same process")
    let other = try #require(try await second.claim("n/2 ä", 21))
    #expect(other.ended == [], "another node's name is another")
    one.release()
    let two = try #require(try await second.claim("n1", 12))
    #expect(two.ended == [11], "13 never held it")
    two.release()
    #expect(try await first.claim("n1", 14)?.ended == [11, 12])
    await first.close()
    await second.close()
  }

  @Test func onlySoManyAreRemembered() async throws {
    let directory = ScratchDirectory()
    let path = directory.path
    let store = try SQLiteStore.patient(path)
    for number in 1...100 { try #require(try await store.claim("n1", Incarnation(UInt64.max - UInt64(number)))).release() }
    let last = try #require(try await store.claim("n1", 7))
    #expect(last.ended == (37...100).map { Incarnation(UInt64.max - UInt64($0)) })
    await store.close()
  }

  /// What is no incarnation in the file says nothing of anybody.
  @Test func aFileThatWasTouchedProvesNothing() async throws {
    let directory = ScratchDirectory()
    let path = directory.path
    let store = try SQLiteStore.patient(path)
    try #require(try await store.claim("n1", 11)).release()
    try Data("hello\n\n-4\nzz".utf8).write(to: URL(filePath: path + "/nodes/n1"))
    #expect(try await store.claim("n1", 12)?.ended == [])
    await store.close()
  }
}
