// The node that the killer's tests start, kill and start again: one real node on one real store. For tests alone.
//
//   killednode <cast> <store> <port> <port of the outside ledger> [<moment> <step> <start|told>]
//
// It says `serves`, then answers the lines of its input: `begin` lets durable steps count from now on, `count` asks for their number. At the end
// of its input it ends: so it never outlives who started it.
import Foundation
import Killed
import Synchronization
import Troupe
import TroupeAWS
import TroupeDynamoDB
import TroupePostgres
import TroupeSQLite

@main
struct KilledNode {
  struct Misused: Error {}

  static func main() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 4, let cast = Cast(rawValue: words[0]), let location = StoreLocation(words[1]), let port = Int(words[2]),
      let ledger = Int(words[3])
    else { throw Misused() }
    let store = KillerStore(try await open(location), KillOrder(words: Array(words.dropFirst(4)))) { say("dies \($0)") }
    let log = Log { level, text in if level >= .warning { FileHandle.standardError.write(Data("\(level.rawValue): \(text)\n".utf8)) } }
    let node = try await Node.start(Cast.configuration(port: port), store: store, log: log) { @Sendable registry in
      cast.register(in: &registry, Outside(port: ledger))
    }
    Thread.detachNewThread { answer(store) }
    say("serves")
    let reason = await node.untilStopped()
    say("stopped \(reason)")
    exit(3)
  }

  /// To the end of the input, and of the process.
  private static func answer(_ store: KillerStore) {
    while let line = readLine() {
      if line == "begin" { store.begin() }
      say("count \(store.steps)")
    }
    kill(getpid(), SIGKILL)
  }

  /// In one piece and at once: whoever dies next has said it.
  private static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(1, bytes, bytes.count)
  }

  private static func open(_ location: StoreLocation) async throws -> any Store {
    switch location {
    case .sqlite(let directory): return try SQLiteStore.open(directory: directory)
    case .postgres(let conninfo): return try PostgresStore.open(conninfo)
    case .dynamodb(let table, let region, let endpoint):
      let credentials = CredentialSource.fixed(AWSCredentials(accessKey: "test", secretKey: "test"))
      return try await DynamoDBStore.open(
        table: table, AWSConfiguration(region: region ?? "eu-central-1", endpoint: endpoint, credentials: credentials),
        // Longer than leases would have it: the emulator takes one request after the other, and what is tested is not its speed.
        limit: .seconds(5))
    case .memory: throw Misused()
    }
  }
}
