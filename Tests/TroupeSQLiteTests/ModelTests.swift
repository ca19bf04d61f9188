// The same random calls on the store in memory, which is the plainest reading of the contract, and on SQLite.
import StoreContract
import Testing
import TroupeSQLite

@Suite struct ModelTests {
  @Test("SQLite answers as the store in memory does", arguments: 0..<16)
  func agrees(_ seed: Int) async throws {
    let directory = ScratchDirectory()
    let store = try SQLiteStore.patient(directory.path)
    try await RandomCalls.compare(store, seed: seed, steps: 400)
    await store.close()
  }
}
