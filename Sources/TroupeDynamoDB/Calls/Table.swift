// The table's calls, each retried with back-off within its operation's budget. What a refused condition means is decided above.
import TroupeAWS
import TroupeJSON
import TroupeJournal

struct Table: Sendable {
  let name: String
  let client: AWSClient

  enum Written: Sendable {
    case done(JSONObject)
    /// The condition does not hold; the item that stands there, unless there is none.
    case refused(Item?)
  }

  enum Committed: Sendable {
    case done
    /// In the order of the changes: nil where nothing was wrong, and otherwise the item that stands there, if any.
    case refused([Refusal?])
  }

  struct Refusal: Sendable {
    let item: Item?
  }

  /// The first error that a retry does not help, as it came.
  private enum Answer {
    case done(JSONObject)
    case refused(JSONObject)
  }

  // MARK: Reading, always strongly consistent

  func get(_ key: ItemKey, _ budget: inout Budget) async throws(StoreError) -> Item? {
    let answer = try await perform(
      "GetItem", ["TableName": .string(name), "Key": key.json, "ConsistentRead": true], isEffect: false, &budget)
    guard case .done(let object) = answer, let json = object["Item"] else { return nil }
    return try item(json, at: key.description)
  }

  struct Query: Sendable {
    let partition: String
    /// `sk BETWEEN first AND last`, both inclusive.
    var first: String
    var last: String
    var isAscending = true
    /// Items, at the most; nil: all.
    var limit: Int?
    /// Keys only, and what else is named: it costs the same to read and less to carry.
    var only: [String]?
    /// Of `wakes`: then `first` and `last` are of `due`.
    var index: String?
  }

  /// Page by page, until `limit` items or `body` says enough.
  func query(_ query: Query, _ budget: inout Budget, _ body: (Item) throws(StoreError) -> Bool) async throws(StoreError) {
    var start: JSONValue?
    var left = query.limit ?? .max
    while left > 0 {
      let answer = try await perform("Query", request(query, start, limit: left), isEffect: false, &budget)
      guard case .done(let object) = answer, case .array(let items)? = object["Items"] else {
        throw .unavailable("an answer without items")
      }
      for json in items {
        left -= 1
        guard try body(try item(json, at: query.partition)) else { return }
      }
      start = object["LastEvaluatedKey"]
      if start == nil { return }
    }
  }

  private func request(_ query: Query, _ start: JSONValue?, limit: Int) -> JSONValue {
    var request: JSONObject = [
      "TableName": .string(name), "ConsistentRead": true, "ScanIndexForward": .bool(query.isAscending),
      "KeyConditionExpression": "#p = :p AND #s BETWEEN :a AND :b",
    ]
    var names = ["#p": "pk", "#s": query.index == nil ? "sk" : "due"]
    if let only = query.only {
      for (index, attribute) in only.enumerated() { names["#x\(index)"] = attribute }
      let rest = only.indices.map { ", #x\($0)" }.joined()
      request.append("ProjectionExpression", .string("#p, #k\(rest)"))
      names["#k"] = "sk"
    }
    request.addNames(names, [":p": .text(query.partition), ":a": .text(query.first), ":b": .text(query.last)])
    if let index = query.index { request.append("IndexName", .string(index)) }
    if query.limit != nil { request.append("Limit", .number(JSONNumber(limit))) }
    if let start { request.append("ExclusiveStartKey", start) }
    return .object(request)
  }

  private func item(_ json: JSONValue, at place: String) throws(StoreError) -> Item {
    guard let item = Item(json) else { throw .corrupt("an item at \(place) holds what this store never writes") }
    return item
  }

  // MARK: Writing

  func put(_ item: Item, if condition: Condition?, _ budget: inout Budget, isEffect: Bool = true) async throws(StoreError) -> Written {
    var request: JSONObject = ["TableName": .string(name), "Item": item.json]
    if let condition {
      condition.add(to: &request)
      request.append("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
    }
    return try await write("PutItem", request, isEffect: isEffect, &budget)
  }

  /// Answers the whole item as it is after the update.
  func update(
    _ key: ItemKey, _ expression: String, names: [String: String], values: [String: Attribute], if condition: String,
    _ budget: inout Budget, isEffect: Bool
  ) async throws(StoreError) -> Written {
    var request: JSONObject = [
      "TableName": .string(name), "Key": key.json, "UpdateExpression": .string(expression), "ConditionExpression": .string(condition),
      "ReturnValues": "ALL_NEW", "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    ]
    request.addNames(names, values)
    return try await write("UpdateItem", request, isEffect: isEffect, &budget)
  }

  private func write(
    _ operation: String, _ request: JSONObject, isEffect: Bool, _ budget: inout Budget
  ) async throws(StoreError) -> Written {
    switch try await perform(operation, .object(request), isEffect: isEffect, &budget) {
    case .done(let object): return .done(object)
    case .refused(let details): return .refused(Item(details["Item"]))
    }
  }

  /// DynamoDB's own limits of one transaction: 100 changes and 4 MB. Half of the bytes, since ours are estimates.
  static let transactionChanges = 100
  static let transactionBytes = 2 << 20

  /// All changes or none. A repeated attempt carries the same token, and so has no second effect.
  func commit(_ changes: [Change], isEffect: Bool = true, _ budget: inout Budget) async throws(StoreError) -> Committed {
    let token = ItemKey.hex(SystemTime.random(), 16) + ItemKey.hex(SystemTime.random(), 16)
    let request: JSONValue = [
      "TransactItems": .array(changes.map { $0.json(table: name) }), "ClientRequestToken": .string(token),
    ]
    switch try await perform("TransactWriteItems", request, isEffect: isEffect, &budget) {
    case .done: return .done
    case .refused(let details):
      guard case .array(let reasons)? = details["CancellationReasons"], reasons.count == changes.count else {
        throw .unavailable("\(budget.what): a transaction was refused without reasons")
      }
      return .refused(
        reasons.map { reason in
          guard case .object(let object) = reason, object["Code"] == "ConditionalCheckFailed" else { return nil }
          return Refusal(item: Item(object["Item"]))
        })
    }
  }

  /// DynamoDB's own limit of a batch.
  private static let batchChanges = 25

  /// Puts and removals without order or condition, of which some may be done when it throws.
  func batch(put items: [Item] = [], remove keys: [ItemKey] = [], _ budget: inout Budget) async throws(StoreError) {
    var waiting: [JSONValue] = items.map { ["PutRequest": ["Item": $0.json]] } + keys.map { ["DeleteRequest": ["Key": $0.json]] }
    // A put may weigh 400 KB, and a request 16 MB; the half of it leaves room for base64.
    let most = items.isEmpty ? Self.batchChanges : 20
    while !waiting.isEmpty {
      let next = Array(waiting.prefix(most))
      waiting.removeFirst(next.count)
      let tables = JSONObject(dictionaryLiteral: (name, .array(next)))
      let answer = try await perform("BatchWriteItem", ["RequestItems": .object(tables)], isEffect: false, &budget)
      guard case .done(let object) = answer, case .object(let left)? = object["UnprocessedItems"], case .array(let again)? = left[name]
      else { continue }
      waiting += again
      guard let pause = budget.pause(random: SystemTime.random()) else { throw budget.end("throttled") }
      await client.pause(pause)
    }
  }

  // MARK: Attempts

  private func perform(
    _ operation: String, _ body: JSONValue, isEffect: Bool, _ budget: inout Budget
  ) async throws(StoreError) -> Answer {
    while true {
      // What is not sent is known to have done nothing.
      guard budget.deadline.left > .zero else { throw budget.end() }
      do throws(AWSError) {
        return .done(try await client.call(operation, body, until: budget.deadline.within(budget.attemptLimit)))
      } catch {
        budget.failed(error, isEffect: isEffect)
        switch error.meaning {
        case .refused(let details): return .refused(details)
        case .again: break
        case .final(let failure): throw budget.isOpen ? budget.end() : failure
        }
      }
      guard let pause = budget.pause(random: SystemTime.random()) else { throw budget.end() }
      await client.pause(pause)
    }
  }
}
