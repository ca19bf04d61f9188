// The picture for programs: `/status.json`.

import TroupeJSON

extension ClusterPicture {
  var json: JSONValue {
    [
      "cluster": .string(cluster),
      "ready": .bool(isReady),
      "summary": .string(summary),
      "epoch": .number(JSONNumber(epoch)),
      "shards": .number(JSONNumber(shardCount)),
      "shards_unowned": .number(JSONNumber(unownedShards)),
      "calls_per_second": Self.number(callsPerSecond),
      "durable_per_second": Self.number(durablePerSecond),
      "nodes": .array(nodes.map(\.json)),
    ]
  }

  fileprivate static func number(_ rate: Double) -> JSONValue {
    JSONNumber((rate * 10).rounded() / 10).map { .number($0) } ?? .null
  }
}

extension ClusterPicture.Node {
  var json: JSONValue {
    [
      "id": .string(id),
      "address": .string(address),
      "zone": .string(zone),
      "state": .string(state),
      "version": .string(version),
      "lease_valid": .bool(isServing),
      "shards": .number(JSONNumber(shards)),
      "entities": .number(JSONNumber(entities)),
      "calls_total": .number(JSONNumber(calls)),
      "durable_total": .number(JSONNumber(durable)),
      "calls_per_second": ClusterPicture.number(callsPerSecond),
      "durable_per_second": ClusterPicture.number(durablePerSecond),
      "uptime_seconds": .number(JSONNumber(uptime)),
    ]
  }
}
