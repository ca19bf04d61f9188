// Sagas as lines of text. Pure; what is stuck stands first and stands out.

import Troupe
import TroupeJSON

enum SagasTable {
  private static let width = 100
  private static let longestName = 40

  static func lines(_ sagas: [SagaReport], style: TextStyle) -> [String] {
    guard !sagas.isEmpty else { return ["No saga is under way."] }
    let rows = sagas.map { saga in
      [
        saga.id.cut(to: longestName), word(saga), "\(saga.step) (\(saga.number) of \(saga.steps))".cut(to: longestName), "\(saga.failures)",
        LogLine.text(saga.changed),
      ]
    }
    let table = StatusTable.aligned([["SAGA", "STATE", "STEP", "FAILED", "SINCE"]] + rows, right: [3])
    let body = zip(table.dropFirst(), sagas).flatMap { line, saga in
      [saga.isStuck ? style.warning(line) : line]
        + [saga.error, saga.reason.map { "turned back: \($0)" }].compactMap { $0 }.map { style.dim("  \($0)".cut(to: width)) }
    }
    return [style.dim(table[0])] + body
  }

  private static func word(_ saga: SagaReport) -> String {
    if saga.isStuck { return "STUCK" }
    return saga.isGoingBack ? "undoing" : "doing"
  }

  static func json(_ sagas: [SagaReport]) -> String {
    JSONValue.array(
      sagas.map { saga in
        var object: JSONObject = [
          "id": .string(saga.id), "state": .string(word(saga).lowercased()), "step": .string(saga.step),
          "failures": .number(JSONNumber(Int64(saga.failures))), "since": .string(LogLine.text(saga.changed)),
        ]
        if let error = saga.error { object.append("error", .string(error)) }
        if let reason = saga.reason { object.append("reason", .string(reason)) }
        return .object(object)
      }
    ).text
  }
}
