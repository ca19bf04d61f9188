// JSON to wire bytes: the types that are one JSON value.

import TroupeWire

extension JSONTranscoder {
  func writeScalar(_ json: JSONValue, as type: WireType, to writer: inout Writer, at path: JSONPath) throws(JSONProblem) {
    func wrong() -> JSONProblem { path.mismatch("expected \(type.inWords), found \(json.inWords)") }
    switch type {
    case .int(8): writer.write(try whole(json, Int8.self, type, at: path))
    case .int(16): writer.write(try whole(json, Int16.self, type, at: path))
    case .int(32): writer.write(try whole(json, Int32.self, type, at: path))
    case .int: writer.write(try whole(json, Int64.self, type, at: path))
    case .uint(8): writer.write(try whole(json, UInt8.self, type, at: path))
    case .uint(16): writer.write(try whole(json, UInt16.self, type, at: path))
    case .uint(32): writer.write(try whole(json, UInt32.self, type, at: path))
    case .uint: writer.write(try whole(json, UInt64.self, type, at: path))
    case .fixed32: writer.fixed32(try whole(json, UInt32.self, type, at: path))
    case .fixed64: writer.fixed64(try whole(json, UInt64.self, type, at: path))
    case .double: writer.write(try floating(json, type, at: path))
    case .float:
      let number = try floating(json, type, at: path)
      guard Float(number).isFinite || !number.isFinite else { throw path.mismatch("\(json.inWords) is beyond a Float") }
      writer.write(Float(number))
    case .bool:
      guard case .bool(let value) = json else { throw wrong() }
      writer.write(value)
    case .string:
      guard case .string(let text) = json else { throw wrong() }
      writer.write(text)
    case .bytes:
      guard case .string(let text) = json, let bytes = Base64.bytes(text) else { throw wrong() }
      writer.write(bytes)
    case .uuid:
      guard case .string(let text) = json, let uuid = WireUUID(text) else { throw wrong() }
      writer.write(uuid)
    case .duration:
      writer.write(try duration(json, at: path))
    case .nothing:
      guard json == .null else { throw wrong() }
    case .never, .optional, .array, .dictionary, .set, .named:
      throw wrong()
    }
  }

  private func whole<T: FixedWidthInteger>(
    _ json: JSONValue, _: T.Type, _ type: WireType, at path: JSONPath
  ) throws(JSONProblem) -> T {
    guard case .number(let number) = json, number.isWhole else {
      throw path.mismatch("expected a whole number, found \(json.inWords)")
    }
    guard let value = number.whole(as: T.self) else {
      throw path.mismatch("expected a whole number from \(T.min) to \(T.max), found \(json.inWords)")
    }
    return value
  }

  /// Numbers as they are, and the three values that JSON has no number for.
  private func floating(_ json: JSONValue, _ type: WireType, at path: JSONPath) throws(JSONProblem) -> Double {
    switch json {
    case .number(let number):
      guard number.double.isFinite else { throw path.mismatch("\(json.inWords) is beyond a Double") }
      return number.double
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: throw path.mismatch("expected \(type.inWords), found \(json.inWords)")
    }
  }

  private func duration(_ json: JSONValue, at path: JSONPath) throws(JSONProblem) -> Duration {
    let duration: Duration? =
      switch json {
      case .number(let number): DurationText.duration(seconds: number)
      case .string(let text): DurationText.duration(text)
      default: nil
      }
    guard let duration else { throw path.mismatch("expected \(WireType.duration.inWords), found \(json.inWords)") }
    return duration
  }
}

extension WireType {
  /// What a client is told that it should send.
  public var inWords: String {
    switch self {
    case .nothing: "null"
    case .never: "nothing at all, for the type has no values"
    case .bool: "true or false"
    case .int, .uint, .fixed32, .fixed64: "a whole number"
    case .float, .double: "a number"
    case .string: "text"
    case .bytes: "bytes as base64 text"
    case .duration: "a duration like \"1.5s\", or a plain number of seconds"
    case .uuid: "a UUID like \"6f1d2c3a-0b5e-4c1d-9a7f-2e8b4d6c0a13\""
    case .optional(let wrapped): "\(wrapped.inWords), or null"
    case .array, .set: "a list"
    case .dictionary(.string, _): "an object"
    case .dictionary: "a list of keys and values"
    case .named(let name): "a value of \(name)"
    }
  }
}
