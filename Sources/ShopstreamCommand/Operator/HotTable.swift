// Load as lines of text and as JSON. Pure.

import Troupe
import TroupeJSON

enum HotTable {
  private static let longestName = 48

  /// An entity and the node that has it.
  private struct Row {
    let entity: HotEntity
    let node: NodeLoad
    var rate: Double { node.perSecond(entity.calls) }
    var cores: Double { node.cores(entity.microseconds) }
  }

  private static func rows(_ load: ClusterLoad, _ limit: Int) -> [Row] {
    let all = load.nodes.flatMap { node in node.hottest.map { Row(entity: $0, node: node) } }
    return Array(all.sorted { ($1.rate, $0.entity.entity) < ($0.rate, $1.entity.entity) }.prefix(limit))
  }

  static func lines(_ load: ClusterLoad, limit: Int) -> [String] {
    let rows = rows(load, limit)
    let table = StatusTable.aligned(
      [["ENTITY", "NODE", "CALLS/S", "CORE", "CALLERS"]]
        + rows.map { row in
          [
            row.entity.entity.cut(to: longestName), row.node.node, Int(row.rate.rounded()).grouped, percent(row.cores),
            row.entity.callers.map { "\($0.name) \(percent(Double($0.calls) / Double(max(1, row.entity.calls))))" }.joined(separator: ", "),
          ]
        }, right: [2, 3])
    let said = rows.isEmpty ? ["Nothing was called often enough to be seen."] : table
    return said + load.silent.map { "\($0.name) does not answer: \($0.reason)" }
  }

  /// Of one core.
  static func percent(_ part: Double) -> String { "\(Int((min(part, 9_999) * 100).rounded()).grouped) %" }

  static func json(_ load: ClusterLoad, limit: Int) -> JSONValue {
    [
      "nodes": .array(
        load.nodes.map { node in
          [
            "node": .string(node.node), "calls_per_second": number(node.callsPerSecond), "cores": number(node.cores),
            "shards": .number(JSONNumber(node.shards.count)),
          ]
        }),
      "entities": .array(
        rows(load, limit).map { row in
          [
            "entity": .string(row.entity.entity), "node": .string(row.node.node), "calls_per_second": number(row.rate),
            "cores": number(row.cores),
            "callers": .array(
              row.entity.callers.map {
                ["name": .string($0.name), "calls_per_second": number(row.node.perSecond($0.calls))]
              }),
          ]
        }),
      "silent": .array(load.silent.map { .string($0.name) }),
    ]
  }

  private static func number(_ value: Double) -> JSONValue {
    JSONNumber((value * 1_000).rounded() / 1_000).map { .number($0) } ?? .null
  }
}
