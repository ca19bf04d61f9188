// The same random calls on the store in memory, which is the plainest reading of the contract, and on PostgreSQL.
import StoreContract
import Testing
import TroupePostgres

@Suite struct ModelTests {
  @Test("PostgreSQL answers as the store in memory does", arguments: 0..<16)
  func agrees(_ seed: Int) async throws {
    let store = try PostgresStore.patient(try SharedServer.freshSchema())
    try await RandomCalls.compare(store, seed: seed, steps: 400)
    await store.close()
  }
}
