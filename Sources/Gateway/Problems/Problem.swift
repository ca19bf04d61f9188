// An error as the outside sees it: RFC 9457, always with a sentence that says what is wrong and where.

import HTTPTypes
import Hummingbird
import TroupeJSON

/// What any route may throw. `ProblemMiddleware` turns it into the answer.
public struct Problem: Error, Sendable {
  /// One thing that is wrong within the body.
  public struct Entry: Hashable, Sendable {
    public let pointer: String
    public let message: String
  }

  public var kind: ProblemKind
  /// A sentence about this occurrence. Safe to show: it never holds more of ours than the contract says anyway.
  public var detail: String
  public var errors: [Entry] = []
  public var retryAfter: Duration?
  /// Members beside the standard ones, for example `failure` or `executed`.
  public var extras = JSONObject()
  public var headers = HTTPFields()

  public init(_ kind: ProblemKind, _ detail: String, errors: [Entry] = []) {
    self.kind = kind
    self.detail = detail
    self.errors = errors
  }

  func json(instance: String, trace: RequestTrace) -> JSONValue {
    var object: JSONObject = [
      "type": .string("/problems/\(kind.rawValue)"),
      "title": .string(kind.title),
      "status": .number(JSONNumber(kind.status.code)),
      "detail": .string(detail),
      "instance": .string(instance),
      "trace_id": .string(trace.id),
    ]
    if !errors.isEmpty {
      object.append("errors", .array(errors.map { ["pointer": .string($0.pointer), "message": .string($0.message)] }))
    }
    for extra in extras.members { object.append(extra.name, extra.value) }
    return .object(object)
  }

  func response(instance: String, trace: RequestTrace) -> Response {
    var headers = headers
    headers[.contentType] = "application/problem+json"
    headers[.cacheControl] = "no-store"
    if let retryAfter { headers[.retryAfter] = String(max(1, Int((retryAfter / .seconds(1)).rounded(.up)))) }
    let body = json(instance: Self.shown(instance), trace: trace).bytes
    return Response(status: kind.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  /// An address of 10 KB is not sent back whole.
  private static func shown(_ instance: String) -> String {
    let limit = 200
    return instance.utf8.count <= limit ? instance : String(instance.prefix(limit)) + "…"
  }
}

extension Problem {
  init(_ problem: JSONProblem) {
    switch problem.kind {
    case .malformed: self.init(.malformedJSON, "The body is not JSON: \(problem.description).")
    case .mismatch:
      self.init(.invalidArguments, "\(problem.description).", errors: [Entry(pointer: problem.pointer, message: problem.message)])
    case .unreadable: self.init(.internalFault, "The answer does not fit the contract: \(problem.description).")
    }
  }
}
