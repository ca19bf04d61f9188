// Finds the table, or makes it, and holds its format against ours. Done once, when a store is opened.
import TroupeAWS
import TroupeJSON
import TroupeJournal

struct TableOpening {
  let table: Table
  let creates: Bool

  /// DynamoDB makes a table in some ten seconds.
  private static let creationLimit: Duration = .seconds(60)
  private static let lookPause: Duration = .milliseconds(500)

  func open() async throws(StoreError) {
    var budget = Budget("opening the table \(table.name)", within: Self.creationLimit)
    if try await !isThere() {
      guard creates else { throw .unavailable("the table \(table.name) is not there, and is not to be made") }
      try await create(&budget)
    }
    var item = try await table.get(.format, &budget)
    if item == nil {
      let own = Item(.format, ["version": .number(StoreSchema.version)])
      if case .refused(let other) = try await table.put(own, if: .isAbsent, &budget, isEffect: false) { item = other } else { item = own }
    }
    guard let version: Int = item?.number("version") else { throw .corrupt("the format of the table \(table.name) cannot be read") }
    guard version <= StoreSchema.version else {
      throw .newerFormat(
        "the table \(table.name) was written by a newer version (format \(version), this one knows \(StoreSchema.version)): nothing was touched"
      )
    }
  }

  /// Whether it is there and can be read.
  private func isThere() async throws(StoreError) -> Bool {
    let request: JSONValue = ["TableName": .string(table.name), "Key": ItemKey.format.json, "ConsistentRead": true]
    do throws(AWSError) {
      _ = try await table.client.call("GetItem", request, until: .after(StoreLimits.readTimeout))
      return true
    } catch {
      if case .refused("ResourceNotFoundException", _, _, _) = error { return false }
      if case .refused("ValidationException", let message, _, _) = error {
        throw .invalid("the table \(table.name) is something else's: \(message)")
      }
      throw .unavailable("the table \(table.name) cannot be read: \(error)")
    }
  }

  private func create(_ budget: inout Budget) async throws(StoreError) {
    do throws(AWSError) {
      _ = try await table.client.call("CreateTable", StoreSchema.creation(of: table.name), until: budget.deadline)
    } catch {
      // Another node was faster.
      guard case .refused("ResourceInUseException", _, _, _) = error else {
        throw .unavailable("the table \(table.name) is not there and cannot be made: \(error)")
      }
    }
    while budget.deadline.left > .zero {
      let request: JSONValue = ["TableName": .string(table.name)]
      if let answer = try? await table.client.call("DescribeTable", request, until: budget.deadline),
        case .object(let description)? = answer["Table"], description["TableStatus"] == "ACTIVE"
      {
        return
      }
      await table.client.pause(Self.lookPause)
    }
    throw .unavailable("the table \(table.name) was made, and is not active after \(Self.creationLimit)")
  }
}
