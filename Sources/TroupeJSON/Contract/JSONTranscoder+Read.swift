// Wire bytes to JSON. The bytes come from a node of our own, but the gateway may know an older contract than the node that
// wrote them, so everything is checked and a newer field is skipped.

import TroupeWire

extension JSONTranscoder {
  func read(_ type: WireType, from reader: inout Reader, at path: JSONPath) throws(JSONProblem) -> JSONValue {
    guard path.depth <= Self.depthLimit else { throw path.unreadable("values are nested more than \(Self.depthLimit) deep") }
    do {
      switch type {
      case .optional(let wrapped):
        switch try reader.byte() {
        case 0: return .null
        case 1: return try read(wrapped, from: &reader, at: path)
        default: throw path.unreadable("an optional is neither there nor absent")
        }
      case .array(let element), .set(let element):
        return .array(
          try readList(from: &reader, at: path) { transcoder, reader, path throws(JSONProblem) in
            try transcoder.read(element, from: &reader, at: path)
          })
      case .dictionary(.string, let value):
        return try readObject(value, from: &reader, at: path)
      case .dictionary(let key, let value):
        return .array(
          try readList(from: &reader, at: path) { transcoder, reader, path throws(JSONProblem) in
            let key = try transcoder.read(key, from: &reader, at: path.appending(0))
            return .array([key, try transcoder.read(value, from: &reader, at: path.appending(1))])
          })
      case .named(let name):
        return try readNamed(name, from: &reader, at: path)
      default:
        return try readScalar(type, from: &reader, at: path)
      }
    } catch let error as WireError {
      throw path.unreadable(error.description)
    } catch let problem as JSONProblem {
      throw problem
    } catch {
      throw path.unreadable("an unknown error")
    }
  }

  private func readList(
    from reader: inout Reader, at path: JSONPath, _ element: (JSONTranscoder, inout Reader, JSONPath) throws(JSONProblem) -> JSONValue
  ) throws -> [JSONValue] {
    let count = try reader.varint()
    guard count <= UInt64(reader.remaining) else { throw WireError.tooManyElements(count) }  // an element takes a byte at least
    var values: [JSONValue] = []
    for index in 0..<Int(count) { values.append(try element(self, &reader, path.appending(index))) }
    return values
  }

  private func readObject(_ value: WireType, from reader: inout Reader, at path: JSONPath) throws -> JSONValue {
    let count = try reader.varint()
    guard count <= UInt64(reader.remaining) else { throw WireError.tooManyElements(count) }
    var object = JSONObject()
    for _ in 0..<count {
      let name = try reader.string()
      object.append(name, try read(value, from: &reader, at: path.appending(name)))
    }
    return .object(object)
  }

  private func readNamed(_ name: String, from reader: inout Reader, at path: JSONPath) throws -> JSONValue {
    let outer = try reader.enter()
    defer { reader.leave(outer) }
    switch types[name] {
    case .structure(let fields)?:
      return .object(try readFields(fields, from: &reader, at: path))
    case .enumeration(let cases)?:
      let tag = try reader.varint()
      guard tag < UInt64(cases.count) else { throw WireError.unknownCase(tag, of: name) }
      let one = cases[Int(tag)]
      if one.fields.isEmpty { return .string(one.name) }
      return .object([one.name: .object(try readFields(one.fields, from: &reader, at: path.appending(one.name)))])
    case nil:
      throw path.unreadable("the contract does not say what \(name) is")
    }
  }

  private func readFields(_ fields: [FieldContract], from reader: inout Reader, at path: JSONPath) throws -> JSONObject {
    var object = JSONObject()
    for field in fields {
      let inside = path.appending(field.member)
      if !reader.isAtEnd {
        object.append(field.member, try read(field.type, from: &reader, at: inside))
      } else if let missing = field.missing {
        object.append(field.member, try value(from: missing, as: field.type))
      } else if case .optional = field.type {
        object.append(field.member, .null)
      } else {
        throw WireError.missingField(field.name)
      }
    }
    return object
  }

  private func readScalar(_ type: WireType, from reader: inout Reader, at path: JSONPath) throws -> JSONValue {
    switch type {
    case .nothing: .null
    case .bool: .bool(try reader.read(Bool.self))
    case .int(8): .number(JSONNumber(try reader.read(Int8.self)))
    case .int: .number(JSONNumber(try reader.read(Int64.self)))
    case .uint(8): .number(JSONNumber(try reader.read(UInt8.self)))
    case .uint: .number(JSONNumber(try reader.read(UInt64.self)))
    case .fixed32: .number(JSONNumber(try reader.fixed32()))
    case .fixed64: .number(JSONNumber(try reader.fixed64()))
    case .float: Self.json(try reader.read(Float.self))
    case .double: Self.json(try reader.read(Double.self))
    case .string: .string(try reader.string())
    case .bytes: .string(Base64.text(try reader.read([UInt8].self)))
    case .duration: .string(DurationText.text(try reader.read(Duration.self)))
    case .uuid: .string(try reader.read(WireUUID.self).description)
    case .never, .optional, .array, .dictionary, .set, .named: throw path.unreadable("there is no value of \(type)")
    }
  }

  /// The shortest text that reads back as the same `Float` or `Double`.
  private static func json(_ value: some BinaryFloatingPoint & LosslessStringConvertible) -> JSONValue {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value < 0 ? "-Infinity" : "Infinity" }
    return .number(JSONNumber(grammatical: value.description))
  }
}
