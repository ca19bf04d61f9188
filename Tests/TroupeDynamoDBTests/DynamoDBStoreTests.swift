// The store on DynamoDB keeps the contract of all stores: on moto, one request at a time.
import StoreContract
import Testing
import TroupeJournal

@Suite struct DynamoDBStoreTests {
  @Test("keeps the contract", arguments: StoreRule.all)
  func keeps(_ rule: StoreRule) async throws {
    try await rule.check(try await Tables.store())
  }
}
