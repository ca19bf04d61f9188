// Appends a second through the store and through a bare libpq pipeline, into the same table of the same server, in turns.
//
//     postgres-bench 'host=… dbname=…' [rounds]
//
// 1,024 shards with an append of one record in flight each, in calls of 256 batches: what a node's loop has of a pass. The bare
// pipeline sends the same 256 rows and a Sync, four groups at a time, and neither checks nor moves a head.
import CPQ
import Foundation
import TroupeCluster
import TroupeJournal
import TroupePostgres

let conninfo = CommandLine.arguments[1]
let rounds = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2])! : 3
let groups = 4
let size = 256
let seconds = 5.0

let event = [UInt8](repeating: 7, count: 200)

func record(_ number: UInt64) -> Record {
  Record(
    kind: 1, entity: "ledger-\(number % 10_000)",
    turn: TurnRecord(
      call: CallID(caller: 1, sequence: number), method: 1, argumentsHash: number, status: 0, reply: [0, 0, 0, 0, 0, 0, 0, 0],
      events: [event], wallTime: 1_700_000_000_000, isDelete: false))
}

/// Each group of shards appends again when it is answered. `rate`: appends a second at the most.
func store(_ store: PostgresStore, rate: Double? = nil) async throws -> (rate: Double, waits: [Double]) {
  let all = try await withThrowingTaskGroup(of: [Double].self) { tasks in
    for group in 0..<groups {
      tasks.addTask {
        var heads: [Head] = []
        for shard in (group * size)..<((group + 1) * size) {
          heads.append(try await store.raiseFence(ShardID(shard), writer: WriterID(UInt64(group + 1))))
        }
        var waits: [Double] = []
        let start = ContinuousClock.now
        var number: UInt64 = 0
        while start.duration(to: .now) < .seconds(seconds) {
          number += 1
          if let rate {
            let due = start + .seconds(Double(number) * Double(groups * size) / rate)
            if due > .now { try await Task.sleep(until: due) }
          }
          let batches = heads.enumerated().map { index, head in
            AppendBatch(
              shard: ShardID(group * size + index), fence: head.fence, writer: head.owner, batch: number, from: head.end,
              records: [record(number)])
          }
          let sent = ContinuousClock.now
          for (index, outcome) in try await store.append(batches).enumerated() {
            guard case .appended(let end) = outcome else { fatalError("\(outcome)") }
            heads[index].end = end
          }
          waits.append(sent.duration(to: .now) / .milliseconds(1))
        }
        return waits
      }
    }
    return try await tasks.reduce(into: []) { $0 += $1 }
  }
  return (Double(all.count * size) / seconds, all.sorted())
}

func bare(_ from: UInt64) -> (rate: Double, next: UInt64) {
  let connection = PQconnectdb(conninfo)
  defer { PQfinish(connection) }
  PQclear(PQexec(connection, "SET synchronous_commit = on"))
  PQclear(
    PQprepare(
      connection, "insert",
      "INSERT INTO troupe_log(shard, first, count, writer, batch, checksum, records) VALUES ($1, $2, $3, $4, $5, $6, $7)", 0, nil))
  PQenterPipelineMode(connection)
  let payload = record(1).payload + [1, 0, 0, 0] + Array("ledger-1234".utf8) + [0, 0]
  var (number, sent, done) = (from, 0, 0)
  func send() {
    for shard in 0..<size {
      var columns: [[UInt8]] = []
      func add(_ value: some FixedWidthInteger) { columns.append(withUnsafeBytes(of: value.bigEndian) { Array($0) }) }
      // Shards of its own, so that the store's history stays whole.
      add(Int32(20_000 + (sent % groups) * size + shard))
      add(Int64(number))
      add(Int32(1))
      add(Int64(1))
      add(Int64(number))
      add(Int64(number))
      columns.append(payload)
      let flat = columns.flatMap { $0 }
      flat.withUnsafeBytes { bytes in
        var values: [UnsafePointer<CChar>?] = []
        var at = 0
        for column in columns {
          values.append((bytes.baseAddress! + at).assumingMemoryBound(to: CChar.self))
          at += column.count
        }
        let sent = PQsendQueryPrepared(connection, "insert", 7, values, columns.map { Int32($0.count) }, [Int32](repeating: 1, count: 7), 1)
        precondition(sent == 1)
      }
    }
    precondition(PQpipelineSync(connection) == 1)
    sent += 1
    if sent % groups == 0 { number += 1 }
  }
  let start = ContinuousClock.now
  for _ in 0..<groups { send() }
  while done < sent {
    guard let result = PQgetResult(connection) else { continue }
    let status = PQresultStatus(result)
    precondition(status == PGRES_COMMAND_OK || status == PGRES_PIPELINE_SYNC, String(cString: PQresultErrorMessage(result)))
    PQclear(result)
    guard status == PGRES_PIPELINE_SYNC else { continue }
    done += 1
    if start.duration(to: .now) < .seconds(seconds) { send() }
  }
  return (Double(done * size) / (start.duration(to: .now) / .seconds(1)), number + 1)
}

let opened = try PostgresStore.open(conninfo, limit: .seconds(30))
var (ours, theirs): ([Double], [Double]) = ([], [])
var next: UInt64 = 1
for round in 1...rounds {
  let (rate, after) = bare(next)
  next = after
  theirs.append(rate)
  let mine = try await store(opened)
  ours.append(mine.rate)
  print("round \(round): bare \(Int(rate)) rows/s, store \(Int(mine.rate)) appends/s, ratio \(mine.rate / rate)")
}
let median = ours.sorted()[rounds / 2]
let half = try await store(opened, rate: median / 2)
print("median: bare \(Int(theirs.sorted()[rounds / 2])), store \(Int(median)), ratio \(median / theirs.sorted()[rounds / 2])")
print("at half: \(Int(half.rate)) appends/s, p50 \(half.waits[half.waits.count / 2]) ms, p99 \(half.waits[half.waits.count * 99 / 100]) ms")
await opened.close()
