// Reading a body as JSON, within the limits.

import HTTPTypes
import Hummingbird
import TroupeJSON

extension Request {
  /// The body as JSON; nil when there is none.
  ///
  /// A body must say that it is JSON. Besides being right, that keeps pages of other sites from posting forms to us.
  func json(_ limits: GatewayLimits) async throws -> JSONValue? {
    let buffer = try await body.collect(upTo: limits.bodyBytes)
    guard buffer.readableBytes > 0 else { return nil }
    let type = headers[.contentType]?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } } ?? ""
    guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) else {
      let found = type.isEmpty ? "says nothing about its type" : "says that it is \(Text.quoted(type))"
      throw Problem(.unsupportedMediaType, "The body \(found); send it as application/json.")
    }
    return try JSONValue(parsing: Array(buffer: buffer), limits: JSONLimits(bytes: limits.bodyBytes))
  }

  /// The key under which a retry of this request is known, if the client chose one.
  func idempotencyKey() throws(Problem) -> String? {
    guard let key = headers[.idempotencyKey] else { return nil }
    let longest = 255
    guard (1...longest).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw Problem(.invalidKey, "The Idempotency-Key must be 1 to \(longest) printable ASCII characters, it has \(key.utf8.count) bytes.")
    }
    return key
  }
}

extension Response {
  static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
    json(bytes: value.bytes, status: status)
  }

  static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
