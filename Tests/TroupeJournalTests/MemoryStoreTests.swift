// The store in memory keeps the contract of all stores.

import StoreContract
import Testing
import TroupeJournal

@Suite struct MemoryStoreTests {
  @Test("keeps the contract", arguments: StoreRule.all)
  func keeps(_ rule: StoreRule) async throws {
    try await rule.check(MemoryStore())
  }
}
