// The table as it is made when there is none, and the item that says which format is in it.
import TroupeAWS
import TroupeJSON
import TroupeJournal

enum StoreSchema {
  /// Raise it when an older version would misread what this one writes.
  static let version = 1
  /// The local index of snapshots by when they want to be woken: it is read strongly consistent, which a global one cannot be.
  static let wakes = "wakes"

  /// On demand, so that there is no capacity to plan; not to be deleted by a slip.
  static func creation(of table: String) -> JSONValue {
    func key(_ name: JSONValue, _ type: JSONValue) -> JSONValue { ["AttributeName": name, "KeyType": type] }
    func attribute(_ name: JSONValue) -> JSONValue { ["AttributeName": name, "AttributeType": "S"] }
    return [
      "TableName": .string(table), "BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": true,
      "AttributeDefinitions": [attribute("pk"), attribute("sk"), attribute("due")],
      "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
      "LocalSecondaryIndexes": [
        [
          "IndexName": .string(wakes), "KeySchema": [key("pk", "HASH"), key("due", "RANGE")], "Projection": ["ProjectionType": "KEYS_ONLY"],
        ]
      ],
    ]
  }
}
