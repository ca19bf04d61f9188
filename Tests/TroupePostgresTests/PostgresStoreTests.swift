// The store on PostgreSQL keeps the contract of all stores.
import StoreContract
import Testing
import TroupeJournal
import TroupePostgres

@Suite struct PostgresStoreTests {
  @Test("keeps the contract", arguments: StoreRule.all)
  func keeps(_ rule: StoreRule) async throws {
    try await rule.check(try PostgresStore.patient(try SharedServer.freshSchema()))
  }
}
