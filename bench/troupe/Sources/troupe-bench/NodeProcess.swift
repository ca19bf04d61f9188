// The server: a node as it runs in production, with its certificate and a SQLite store. Prints `ready PORT[,PORT]`.
import Glibc
import Troupe
import TroupePostgres
import TroupeSQLite

enum NodeProcess {
  /// Of the bench's nodes, this one's.
  static let number = CommandLine.arguments.first { $0.hasPrefix("number=") }.flatMap { Int($0.dropFirst(7)) } ?? 1

  static func run(certificates: String, store: String, loops: Int, _ options: Set<String>) async throws {
    let file = number == 1 ? "node" : "node-\(number)"
    let tls = try TLSContext(
      certificate: "\(certificates)/\(file).crt", key: "\(certificates)/\(file).key", roots: certificates + "/ca.crt",
      trustDomain: "bench")
    var configuration = NodeConfiguration(cluster: "bench", id: "bench-\(number)", loops: loops, pinsLoops: number == 1, tls: tls)
    if options.contains("signed") { configuration.identities = .signed(IdentityKeys([Identities.key.publicKey])) }
    if options.contains("keeps-all") { configuration.overload = .off }
    let node = try await Node.start(configuration, store: try open(store)) {
      if options.contains("reads") || options.contains("projects") { LogReader.subscribe(&$0, ages: options.contains("reads")) }
      if options.contains("holds") { LogReader.hold(&$0) }
      $0.register(Gauge.self)
      $0.register(Alarm.self)
      $0.register(Bell.self)
      $0.register(Counter.self)
      $0.register(Relay.self)
      $0.register(Ledger.self)
      $0.register(Blob.self)
    }
    let ports = node.addresses.compactMap { SocketAddress($0).map { String($0.port) } }
    print("ready \(ports.joined(separator: ","))")
    fflush(nil)
    await ended()
    // As `shopstream node` does: everything is given away first.
    if options.contains("drains") { await node.drain() }
    await node.stop()
  }

  private static func open(_ store: String) throws -> any Store {
    store.hasPrefix("postgres:")
      ? try PostgresStore.open(String(store.dropFirst("postgres:".count)), limit: .seconds(30)) : try SQLiteStore.open(directory: store)
  }

  /// Returns when the process is asked to end.
  private static func ended() async {
    signal(SIGTERM, SIG_IGN)
    let source = DispatchSignal(SIGTERM)
    await source.wait()
  }
}
