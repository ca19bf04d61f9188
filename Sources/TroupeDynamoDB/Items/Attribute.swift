// DynamoDB's values as we use them, and items made of them. Pure: JSON in, JSON out.
import Foundation
import TroupeJSON

enum Attribute: Hashable, Sendable {
  case text(String)
  /// As DynamoDB writes it: up to 38 digits, so that 64-bit numbers stay exact.
  case number(String)
  case bytes([UInt8])
  case texts([String: String])

  static func number(_ value: some FixedWidthInteger) -> Attribute { .number(String(value)) }

  var json: JSONValue {
    switch self {
    case .text(let text): ["S": .string(text)]
    case .number(let digits): ["N": .string(digits)]
    case .bytes(let bytes): ["B": .string(Data(bytes).base64EncodedString())]
    case .texts(let texts):
      ["M": .object(texts.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, ["S": .string($1.value)]) })]
    }
  }

  /// Nil for kinds that we never write.
  init?(_ json: JSONValue) {
    guard case .object(let object) = json, let member = object.members.first, object.count == 1 else { return nil }
    switch (member.name, member.value) {
    case ("S", .string(let text)): self = .text(text)
    case ("N", .string(let digits)): self = .number(digits)
    case ("B", .string(let text)):
      guard let data = Data(base64Encoded: text) else { return nil }
      self = .bytes([UInt8](data))
    case ("M", .object(let map)):
      var texts: [String: String] = [:]
      for entry in map.members {
        guard case .text(let text)? = Attribute(entry.value) else { return nil }
        texts[entry.name] = text
      }
      self = .texts(texts)
    default: return nil
    }
  }
}

/// An item, or the part of one that was asked for.
struct Item: Hashable, Sendable {
  var attributes: [String: Attribute] = [:]

  init(_ attributes: [String: Attribute]) { self.attributes = attributes }

  init(_ key: ItemKey, _ attributes: [String: Attribute]) {
    self.attributes = attributes
    self.attributes["pk"] = .text(key.partition)
    self.attributes["sk"] = .text(key.sort)
  }

  /// Nil when an attribute is of a kind that we never write.
  init?(_ json: JSONValue?) {
    guard case .object(let object)? = json else { return nil }
    for member in object.members {
      guard let attribute = Attribute(member.value) else { return nil }
      attributes[member.name] = attribute
    }
  }

  var json: JSONValue {
    .object(attributes.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0.append($1.key, $1.value.json) })
  }

  var key: ItemKey? {
    guard case .text(let partition)? = attributes["pk"], case .text(let sort)? = attributes["sk"] else { return nil }
    return ItemKey(partition, sort)
  }

  // MARK: Typed look-ups; nil when it is not there or something else

  func number<Value: FixedWidthInteger>(_ name: String, as type: Value.Type = Value.self) -> Value? {
    guard case .number(let digits)? = attributes[name] else { return nil }
    return Value(digits)
  }

  func text(_ name: String) -> String? {
    guard case .text(let text)? = attributes[name] else { return nil }
    return text
  }

  func bytes(_ name: String) -> [UInt8]? {
    guard case .bytes(let bytes)? = attributes[name] else { return nil }
    return bytes
  }
}
