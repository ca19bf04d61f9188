// JSON to wire bytes and back by contracts alone: no Swift type of the entity is needed, so a gateway and a command line
// serve kinds that they were not built with.

import TroupeWire

/// Translates between JSON and wire bytes for the types of one contract.
///
/// | wire | JSON |
/// | --- | --- |
/// | integers | whole numbers, exact to 64 bits |
/// | `Float`, `Double` | numbers; `"NaN"`, `"Infinity"`, `"-Infinity"` |
/// | `String`, `UUID` | text |
/// | bytes | base64 text, standard alphabet with padding |
/// | `Duration` | `"1.5s"`; also read: `"250ms"`, `"10us"`, `"5ns"`, a number of seconds |
/// | optional | the value or `null`; a member that may be absent |
/// | array, set | list |
/// | dictionary | object where the keys are text, else a list of `[key, value]` |
/// | struct | object; what is absent takes its default, unknown names are refused |
/// | enum | `"case"`, or `{"case": {"label": value}}`, unlabelled values as `_0`, `_1` … |
/// | nothing | `null` |
///
/// ```swift
/// let transcoder = JSONTranscoder(types: contract.types)
/// let arguments = try transcoder.arguments(json: Array(#"{"sku":"mug","quantity":2}"#.utf8), for: add)
/// ```
public struct JSONTranscoder: Sendable {
  let types: [String: TypeContract]

  public init(types: [String: TypeContract]) { self.types = types }

  /// Objects and lists of an answer inside each other: what any reader of JSON copes with, and an end for bytes that lie.
  static let depthLimit = 64

  // MARK: JSON to wire

  /// The arguments of a call, from an object with a member for each parameter. An empty text is an empty object.
  ///
  /// - Throws: the first problem found: malformed JSON, a value that does not fit, a name that the method does not have.
  public func arguments(
    json: [UInt8], for method: MethodContract, limits: JSONLimits = JSONLimits()
  ) throws(JSONProblem) -> [UInt8] {
    let isBlank = json.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    return try arguments(isBlank ? .object([:]) : try JSONValue(parsing: json, limits: limits), for: method)
  }

  public func arguments(_ json: JSONValue, for method: MethodContract) throws(JSONProblem) -> [UInt8] {
    guard case .object(let object) = json else {
      throw JSONPath().mismatch("expected an object with the arguments of \(method.name), found \(json.inWords)")
    }
    var writer = Writer()
    try write(object, as: method.parameters, of: "\(method.name) has no argument", to: &writer, at: JSONPath())
    return writer.bytes
  }

  /// A single value.
  public func bytes(_ json: JSONValue, as type: WireType) throws(JSONProblem) -> [UInt8] {
    var writer = Writer()
    try write(json, as: type, to: &writer, at: JSONPath())
    return writer.bytes
  }

  // MARK: Wire to JSON

  /// The JSON text of a value. What stands behind it in `bytes` is ignored, as for any reader of wire values.
  ///
  /// - Throws: `.unreadable` when the bytes are no such value.
  public func json(from bytes: [UInt8], as type: WireType) throws(JSONProblem) -> [UInt8] {
    try value(from: bytes, as: type).bytes
  }

  public func value(from bytes: [UInt8], as type: WireType) throws(JSONProblem) -> JSONValue {
    var reader = Reader(bytes.span.bytes)
    return try read(type, from: &reader, at: JSONPath())
  }
}

extension FieldContract {
  /// The name of its member: positions of unlabelled values get an underscore, as Swift prints them.
  var member: String {
    name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? "_\(name)" : name
  }
}
