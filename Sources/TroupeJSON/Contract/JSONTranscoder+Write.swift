// JSON to wire bytes: fields, enums and collections. Scalars stand in `JSONTranscoder+Scalars.swift`.

import TroupeWire

extension JSONTranscoder {
  func write(_ json: JSONValue, as type: WireType, to writer: inout Writer, at path: JSONPath) throws(JSONProblem) {
    switch type {
    case .optional(let wrapped):
      writer.byte(json == .null ? 0 : 1)
      if json != .null { try write(json, as: wrapped, to: &writer, at: path) }
    case .array(let element):
      let values = try list(json, at: path)
      writer.varint(UInt64(values.count))
      for (index, value) in values.enumerated() { try write(value, as: element, to: &writer, at: path.appending(index)) }
    case .set(let element):
      let entries = try list(json, at: path).enumerated().map { Entry($0.offset.description, $0.element, nil) }
      try writeSorted(entries, element, nil, to: &writer, at: path)
    case .dictionary(let key, let value):
      try writeSorted(try entries(json, key, at: path), key, value, to: &writer, at: path)
    case .named(let name):
      try write(json, asNamed: name, to: &writer, at: path)
    default:
      try writeScalar(json, as: type, to: &writer, at: path)
    }
  }

  // MARK: Fields

  /// - Parameter unknown: the beginning of a sentence about a name that is not among the fields.
  func write(
    _ object: JSONObject, as fields: [FieldContract], of unknown: String, to writer: inout Writer, at path: JSONPath
  ) throws(JSONProblem) {
    let known = Set(fields.map(\.member))
    if let stranger = object.members.first(where: { !known.contains($0.name) }) {
      let names = fields.isEmpty ? "it has none" : "it has \(fields.map(\.member).joined(separator: ", "))"
      throw path.appending(stranger.name).mismatch("\(unknown) of this name; \(names)")
    }
    for field in fields {
      if let value = object[field.member] {
        try write(value, as: field.type, to: &writer, at: path.appending(field.member))
      } else if let missing = field.missing {
        writer.append(missing)
      } else if case .optional = field.type {
        writer.byte(0)
      } else {
        throw path.appending(field.member).mismatch("is missing; expected \(field.type.inWords)")
      }
    }
  }

  // MARK: Named types

  private func write(_ json: JSONValue, asNamed name: String, to writer: inout Writer, at path: JSONPath) throws(JSONProblem) {
    var body = Writer()
    switch types[name] {
    case .structure(let fields)?:
      guard case .object(let object) = json else { throw path.mismatch("expected an object (\(name)), found \(json.inWords)") }
      try write(object, as: fields, of: "\(name) has no field", to: &body, at: path)
    case .enumeration(let cases)?:
      try write(json, asOneOf: cases, of: name, to: &body, at: path)
    case nil:
      throw path.mismatch("the contract does not say what \(name) is")
    }
    writer.byteArray(body.bytes)
  }

  private func write(
    _ json: JSONValue, asOneOf cases: [CaseContract], of type: String, to writer: inout Writer, at path: JSONPath
  ) throws(JSONProblem) {
    let name: String
    let values: JSONObject
    var inside = path
    switch json {
    case .string(let text): (name, values) = (text, [:])
    case .object(let object) where object.count == 1:
      name = object.members[0].name
      inside = path.appending(name)
      guard case .object(let labels) = object.members[0].value else {
        throw inside.mismatch("expected an object with the values of the case, found \(object.members[0].value.inWords)")
      }
      values = labels
    default: throw path.mismatch("expected one case of \(type), as text or as an object with one name, found \(json.inWords)")
    }
    guard let tag = cases.firstIndex(where: { $0.name == name }) else {
      let known = cases.map(\.name).joined(separator: ", ")
      throw path.mismatch("\(type) has no case \"\(JSONValue.shortened(name))\"; it has \(known)")
    }
    writer.varint(UInt64(tag))
    try write(values, as: cases[tag].fields, of: "the case \(name) has no value", to: &writer, at: inside)
  }

  // MARK: Collections

  private typealias Entry = (place: String, key: JSONValue, value: JSONValue?)

  private func list(_ json: JSONValue, at path: JSONPath) throws(JSONProblem) -> [JSONValue] {
    guard case .array(let values) = json else { throw path.mismatch("expected a list, found \(json.inWords)") }
    return values
  }

  private func entries(_ json: JSONValue, _ key: WireType, at path: JSONPath) throws(JSONProblem) -> [Entry] {
    if key == .string {
      guard case .object(let object) = json else { throw path.mismatch("expected an object, found \(json.inWords)") }
      return object.members.map { ($0.name, .string($0.name), $0.value) }
    }
    var entries: [Entry] = []
    for (index, pair) in try list(json, at: path).enumerated() {
      guard case .array(let both) = pair, both.count == 2 else {
        throw path.appending(index).mismatch("expected a list of a key and a value, found \(pair.inWords)")
      }
      entries.append((index.description, both[0], both[1]))
    }
    return entries
  }

  /// In the order of the keys' bytes, as the wire wants it.
  private func writeSorted(
    _ entries: [Entry], _ key: WireType, _ value: WireType?, to writer: inout Writer, at path: JSONPath
  ) throws(JSONProblem) {
    var encoded: [(key: [UInt8], value: [UInt8])] = []
    var seen: Set<[UInt8]> = []
    for entry in entries {
      let place = path.appending(entry.place)
      let keyPath = value == nil || key == .string ? place : place.appending(0)
      let valuePath = key == .string ? place : place.appending(1)
      var keyWriter = Writer()
      try write(entry.key, as: key, to: &keyWriter, at: keyPath)
      guard seen.insert(keyWriter.bytes).inserted else { throw keyPath.mismatch("is there twice") }
      var valueWriter = Writer()
      if let value, let json = entry.value { try write(json, as: value, to: &valueWriter, at: valuePath) }
      encoded.append((keyWriter.bytes, valueWriter.bytes))
    }
    encoded.sort { $0.key.lexicographicallyPrecedes($1.key) }
    writer.varint(UInt64(encoded.count))
    for entry in encoded {
      writer.append(entry.key)
      writer.append(entry.value)
    }
  }
}
