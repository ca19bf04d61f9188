// The store on SQLite keeps the contract of all stores, and what only files can get wrong.

import StoreContract
import Testing
import TroupeJournal
import TroupeSQLite

@Suite struct SQLiteStoreTests {
  @Test("keeps the contract", arguments: StoreRule.all)
  func keeps(_ rule: StoreRule) async throws {
    let directory = ScratchDirectory()
    try await rule.check(try SQLiteStore.patient(directory.path))
  }
}
