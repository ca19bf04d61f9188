// What `shopstream explain` says of an entity, as sentences and as JSON. Pure.

import Troupe
import TroupeJSON

struct EntityExplanation {
  let entity: String
  let isDurable: Bool
  let place: EntityPlace
  let commits: [LogLine]

  var lines: [String] {
    let told = [whereItIs, howItCame, whatIsWanted, leases, whatTheOwnerDoes, place.report?.quarantine.map { $0 + "." }, memory].compactMap
    { $0 }
    guard isDurable else { return told + ["It is volatile: what it knows is in memory alone."] }
    guard !commits.isEmpty else { return told + ["Nothing is recorded of it."] }
    return told + [""] + StatusTable.aligned([["OFFSET", "TIME", "METHOD", "EVENTS"]] + commits.map(\.cells), right: [0])
  }

  // MARK: Sentences

  private var whereItIs: String {
    let who = place.owner.map { owner in "which \(owner) has\(place.address.map { " (\($0))" } ?? "")" } ?? "which nobody has"
    return "\(entity) is in shard \(place.shard) of \(place.shardCount.grouped), \(who), at epoch \(place.epoch)."
  }

  private var howItCame: String? {
    guard place.owner != nil else { return nil }
    return place.wasGiven
      ? "The owner before sealed the shard and gave it away."
      : "It came without a handoff: it was there from the start, or the owner before was buried."
  }

  private var whatIsWanted: String? {
    if let pin = place.pin {
      return "An operator has pinned it to \(pin)" + (pin == place.owner ? "." : ", which does not have it yet.")
    }
    guard let desired = place.desired else { return nil }
    return desired == place.owner ? "It is where the placement wants it." : "The placement wants it at \(desired)."
  }

  /// What was given does not wait for them.
  private var leases: String? {
    guard !place.leasesThatMayRun.isEmpty, !place.wasGiven else { return nil }
    return "It may wait for the lease of \(place.leasesThatMayRun.joined(separator: ", ")), buried a moment ago."
  }

  private var whatTheOwnerDoes: String? {
    guard let owner = place.owner else { return nil }
    guard let report = place.report else { return "\(owner) does not answer." }
    let waiting = report.parkedCalls == 0 ? "" : "; \(Self.count(report.parkedCalls, "call waits", "calls wait"))"
    switch report.shard {
    case "serving":
      let entities = Self.count(report.entities, "entity", "entities")
      return "\(owner) serves the shard, with \(entities) in memory\(isDurable ? log(report) : "")."
    case "arriving": return "\(owner) is taking the shard over\(waiting)."
    case "leaving": return "\(owner) has sealed the shard to give it away\(waiting)."
    case "elsewhere": return "\(owner) does not know yet that it has the shard."
    default: return "\(owner) says of the shard: \(report.shard)\(waiting)."
    }
  }

  private func log(_ report: EntityReport) -> String {
    let open = report.logEnd - min(report.durableEnd, report.logEnd)
    let tail = Self.count(Int(clamping: report.logEnd - min(report.floor, report.logEnd)), "record", "records")
    return "; its log ends at \(Int(clamping: report.logEnd).grouped), \(tail) behind the last snapshots"
      + (open == 0 ? "" : ", \(Int(clamping: open).grouped) on the way to the disk")
  }

  private var memory: String? {
    guard let report = place.report else { return nil }
    guard let memory = report.memory else { return "\(entity) is not in memory." }
    var parts: [String]
    switch memory.phase {
    case "idle": parts = ["idle for \(StatusTable.uptime(Int(memory.idle.components.seconds)))"]
    case "loading": parts = ["being read from the store"]
    case "busy": parts = ["busy with a command that is suspended"]
    default: parts = [memory.phase]
    }
    if memory.waitingCalls > 0 { parts.append(Self.count(memory.waitingCalls, "call waits", "calls wait")) }
    if memory.queries > 0 { parts.append("\(Self.count(memory.queries, "query", "queries")) under way") }
    if memory.streams > 0 { parts.append("\(Self.count(memory.streams, "stream", "streams")) open") }
    return "\(entity) is in memory: \(parts.joined(separator: ", "))."
  }

  private static func count(_ number: Int, _ one: String, _ many: String) -> String {
    number == 1 ? "1 \(one)" : "\(number.grouped) \(many)"
  }

  // MARK: JSON

  var json: JSONValue {
    [
      "entity": .string(entity), "shard": number(place.shard), "shards": number(place.shardCount), "epoch": number(place.epoch),
      "owner": text(place.owner), "address": text(place.address), "given": .bool(place.wasGiven), "desired": text(place.desired),
      "pin": text(place.pin), "leases": .array(place.leasesThatMayRun.map { .string($0) }), "state": place.report.map(state) ?? .null,
      "commits": .array(commits.map(\.json)),
    ]
  }

  private func state(_ report: EntityReport) -> JSONValue {
    [
      "shard": .string(report.shard), "parked_calls": number(report.parkedCalls), "entities": number(report.entities),
      "log_end": number(report.logEnd), "durable_end": number(report.durableEnd), "floor": number(report.floor),
      "quarantine": text(report.quarantine),
      "memory": report.memory.map { memory in
        [
          "phase": .string(memory.phase), "waiting_calls": number(memory.waitingCalls), "queries": number(memory.queries),
          "streams": number(memory.streams), "idle_seconds": number(memory.idle.components.seconds),
        ]
      } ?? .null,
    ]
  }

  private func number(_ value: some FixedWidthInteger) -> JSONValue { .number(JSONNumber(value)) }
  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
