// The conditions that our writes have. Pure: DynamoDB's expressions and their values.
import TroupeJSON

struct Condition: Sendable {
  let expression: String
  var names: [String: String] = [:]
  var values: [String: Attribute] = [:]

  /// Nothing stands there.
  static let isAbsent = Condition(expression: "attribute_not_exists(pk)")

  /// The attribute has this value, and so is there.
  static func equals(_ name: String, _ value: Attribute) -> Condition {
    Condition(expression: "#c = :c", names: ["#c": name], values: [":c": value])
  }

  /// Nothing stands there, or something lower.
  static func isBelow(_ name: String, _ value: Attribute) -> Condition {
    Condition(expression: "attribute_not_exists(pk) OR #c < :c", names: ["#c": name], values: [":c": value])
  }

  static func isNotAbove(_ name: String, _ value: Attribute) -> Condition {
    Condition(expression: "attribute_not_exists(pk) OR #c <= :c", names: ["#c": name], values: [":c": value])
  }

  /// As members of a request.
  func add(to request: inout JSONObject, expression name: String = "ConditionExpression") {
    request.append(name, .string(expression))
    request.addNames(names, values)
  }
}

extension JSONObject {
  mutating func addNames(_ names: [String: String], _ values: [String: Attribute]) {
    if !names.isEmpty {
      append(
        "ExpressionAttributeNames",
        .object(names.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, .string($1.value)) }))
    }
    if !values.isEmpty {
      append(
        "ExpressionAttributeValues",
        .object(values.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, $1.value.json) }))
    }
  }
}

/// One part of a transaction.
enum Change: Sendable {
  case put(Item, Condition?)
  case remove(ItemKey, Condition?)
  case check(ItemKey, Condition)
  /// An update expression with its names and values.
  case update(ItemKey, String, names: [String: String], values: [String: Attribute], Condition)

  func json(table: String) -> JSONValue {
    var object: JSONObject = ["TableName": .string(table)]
    let verb: String
    var condition: Condition?
    switch self {
    case .put(let item, let needed):
      (verb, condition) = ("Put", needed)
      object.append("Item", item.json)
    case .remove(let key, let needed):
      (verb, condition) = ("Delete", needed)
      object.append("Key", key.json)
    case .check(let key, let needed):
      (verb, condition) = ("ConditionCheck", needed)
      object.append("Key", key.json)
    case .update(let key, let expression, let names, let values, let needed):
      verb = "Update"
      object.append("Key", key.json)
      object.append("UpdateExpression", .string(expression))
      object.append("ConditionExpression", .string(needed.expression))
      object.addNames(names.merging(needed.names) { first, _ in first }, values.merging(needed.values) { first, _ in first })
    }
    if let condition { condition.add(to: &object) }
    object.append("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
    return .object(JSONObject(dictionaryLiteral: (verb, .object(object))))
  }

  /// About what it weighs in a request.
  var bytes: Int {
    guard case .put(let item, _) = self else { return 256 }
    return item.attributes.reduce(256) { sum, attribute in
      switch attribute.value {
      case .bytes(let bytes): sum + bytes.count
      case .text(let text): sum + text.utf8.count
      default: sum + 64
      }
    }
  }
}

extension ItemKey {
  var json: JSONValue { ["pk": ["S": .string(partition)], "sk": ["S": .string(sort)]] }
}
