// A span as a line: OTLP's JSON, whole, so that an OpenTelemetry collector reads the file as it is (its `otlpjsonfile` receiver).

import Troupe
import TroupeJSON

enum TraceLine {
  static func json(_ span: TraceSpan, _ end: TraceSpan.End) -> JSONValue {
    let resource: JSONValue = ["attributes": attributes([.init("service.name", "shopstream"), .init("service.instance.id", span.process)])]
    let scope: JSONValue = ["scope": ["name": "troupe", "version": .string(Version.text)], "spans": [fields(span, end)]]
    return ["resourceSpans": [["resource": resource, "scopeSpans": [scope]]]]
  }

  private static func fields(_ span: TraceSpan, _ end: TraceSpan.End) -> JSONValue {
    var fields: JSONObject = [
      "traceId": .string(span.context.traceID), "spanId": .string(span.context.spanID),
    ]
    if let parent = span.parent { fields.append("parentSpanId", .string(parent.spanID)) }
    fields.append("flags", .number(JSONNumber(span.context.flags)))
    fields.append("name", .string(span.name))
    fields.append("kind", span.role == .server ? 2 : 3)
    // 64-bit numbers are text in OTLP's JSON.
    fields.append("startTimeUnixNano", .string(String(span.unixNanoseconds)))
    fields.append("endTimeUnixNano", .string(String(span.unixNanoseconds(at: end.at))))
    fields.append("attributes", attributes(span.attributes + end.attributes))
    fields.append("status", end.error.map { ["code": 2, "message": .string($0)] } ?? [:])
    return .object(fields)
  }

  private static func attributes(_ attributes: [TraceSpan.Attribute]) -> JSONValue {
    .array(
      attributes.map { attribute in
        let value: JSONValue =
          switch attribute.value {
          case .text(let text): ["stringValue": .string(text)]
          case .number(let number): ["intValue": .string(String(number))]
          }
        return ["key": .string(attribute.name), "value": value]
      })
  }
}
