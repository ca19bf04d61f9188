// Text from outside on its way in (path components, keys) and back out (quoted in a sentence).

import HTTPTypes
import Hummingbird

enum Text {
  /// In quotes, at most 60 characters of it, without control characters.
  static func quoted(_ text: some StringProtocol) -> String { "\"\(shortened(text))\"" }

  /// The same without quotes.
  static func shortened(_ text: some StringProtocol) -> String {
    let limit = 60
    var short = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      short.append(scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar)
    }
    let cut = text.unicodeScalars.dropFirst(limit).isEmpty ? "" : "…"
    return "\(String(short))\(cut)"
  }

  /// A component of the path with its percent-encoding undone. Refuses what is cut short and what is not UTF-8: repairing
  /// it would make one id out of two.
  static func decoded(_ component: some StringProtocol) throws(Problem) -> String {
    var bytes: [UInt8] = []
    var rest = component.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
        throw Problem(.malformedAddress, "In \(quoted(component)) a percent sign is not followed by two hexadecimal digits.")
      }
      bytes.append(high << 4 | low)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(.malformedAddress, "The path component \(quoted(component)) is not UTF-8 once decoded.")
    }
    return text
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
  }
}

extension Request {
  /// A parameter of the query, decoded; the first when it is there twice.
  func query(_ name: String) throws -> String? {
    let parts = (uri.query ?? "").split(separator: "&").map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    return try parts.first { $0[0] == name }.map { try Text.decoded($0.count == 2 ? $0[1] : "") }
  }
}

extension RequestContext {
  /// A component of the path, decoded.
  func component(_ name: String) throws -> String {
    try Text.decoded(try parameters.require(name))
  }

  /// The id of an entity out of the path.
  func entityID(_ limits: GatewayLimits, _ name: String = "id") throws -> String {
    let id = try component(name)
    guard id.utf8.count <= limits.idBytes else {
      throw Problem(.idTooLong, "The id \(Text.quoted(id)) is \(id.utf8.count) bytes long; at most \(limits.idBytes) are allowed.")
    }
    guard !id.isEmpty else { throw Problem(.invalidID, "The id is empty.") }
    guard !id.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      throw Problem(.invalidID, "The id \(Text.quoted(id)) holds a control character.")
    }
    return id
  }
}
